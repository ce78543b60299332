/** `seed`: the seed's protocol and no more. `resuming`: gives its last `seq`. `call`: the SDK's `joinCall`. */
export type ClientKind = "seed" | "resuming" | "call";

/** What happened, as a client saw it. Times are milliseconds of one clock; a signal is its sender and its number. */
export type Happening =
  /** A join was answered 200; `askedAt` is when it was asked. */
  | {
      readonly event: "joined";
      readonly client: string;
      readonly kind: ClientKind;
      readonly call: string;
      readonly session: string;
      readonly askedAt: number;
    }
  /** A signal was answered; 0 is no answer, so that nobody knows. */
  | {
      readonly event: "sent";
      readonly client: string;
      readonly session: string;
      readonly call: string;
      readonly n: number;
      readonly askedAt: number;
      readonly status: number;
    }
  | {
      readonly event: "heard";
      readonly session: string;
      readonly socket: number;
      readonly call: string;
      readonly from: string;
      readonly n: number;
    }
  | {
      readonly event: "welcome";
      readonly session: string;
      readonly socket: number;
      readonly askedAt: number;
    }
  /** The client was told that something is lost. */
  | { readonly event: "gap"; readonly session: string }
  | {
      readonly event: "closed";
      readonly session: string;
      readonly socket: number;
      readonly code: number;
      readonly reason: string;
    };

/** What was done to Redis from `since` until the line was added. */
export type Deed =
  /** It lost all seats. */
  | { readonly event: "emptied"; readonly since: number }
  /** Two masters may have answered. */
  | { readonly event: "divided"; readonly since: number };

/** One line of a history. */
export type Entry = (Happening | Deed) & { readonly at: number };

/** Everything that happened, in the order in which it was seen. */
export class History {
  readonly entries: Entry[] = [];

  add(happening: Happening | Deed): void {
    this.entries.push({ ...happening, at: performance.now() });
  }
}
