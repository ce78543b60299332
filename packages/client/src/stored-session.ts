import { readObject } from "./ask.ts";

/** Who a peer is to `connectPeers`: the head of everything it says, and what PEER tells of it. */
export interface Identity {
  readonly from: string;
  /** Which instance of it this is: counts up with each reload. */
  run: number;
  readonly id: number;
}

/** What a page keeps over a reload: its session, the last position it has, and who it is. */
export interface Kept extends Identity {
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
      const kept = readObject(sessionStorage.getItem(this.#key) ?? "");
      sessionStorage.removeItem(this.#key);
      return isKept(kept) ? kept : undefined;
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

/** Nobody but this origin writes there, so one look will do. */
function isKept(value: ReturnType<typeof readObject>): value is Kept & typeof value {
  return typeof value?.["session"] === "string";
}
