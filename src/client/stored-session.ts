import { readObject } from "./ask.ts";

/** What a page keeps over a reload: its session, and the last position it has. */
export interface Kept {
  readonly session: string;
  readonly seq: number;
}

/**
 * Keeps a session in `sessionStorage` over a reload. It is there only between `pagehide` and the next
 * load: a duplicated tab copies the storage of a page that is shown, finds nothing, and takes a seat
 * of its own.
 */
export class StoredSession {
  readonly #key: string;

  constructor(url: string, call: string) {
    this.#key = `signals ${url} ${call}`;
  }

  /** Takes what was kept; it is gone from the storage then. Nothing, where the browser denies the storage. */
  take(): Kept | undefined {
    try {
      const { session, seq } = readObject(sessionStorage.getItem(this.#key) ?? "") ?? {};
      sessionStorage.removeItem(this.#key);
      return typeof session === "string" && typeof seq === "number" ? { session, seq } : undefined;
    } catch {
      return undefined;
    }
  }

  keep(kept: Kept): void {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Denied or full: the page comes back as a new peer.
    }
  }
}
