import type {
  AttachReply,
  HoldsReply,
  JoinReply,
  LeaveReply,
  PublishReply,
  RenewReply,
  ResyncReply,
} from "../../calls/ports/backend.ts";
import type { Reply } from "./node/client.ts";

/** Reads the fields of a reply, in the order of its script's header. */
class Fields {
  readonly #fields: readonly Reply[];
  #at = 0;

  constructor(reply: Reply) {
    if (!Array.isArray(reply)) throw new TypeError("a script returned no list of fields");
    this.#fields = reply;
  }

  word(): string {
    return this.bytes().toString("latin1");
  }

  number(): number {
    const field = this.#next();
    if (typeof field === "number") return field;
    // An epoch is a string, since Lua would round it.
    if (Buffer.isBuffer(field)) return Number(field.toString("latin1"));
    throw new TypeError("a script returned no number");
  }

  bytes(): Buffer {
    const field = this.#next();
    if (!Buffer.isBuffer(field)) throw new TypeError("a script returned no string");
    return field;
  }

  rest(): Buffer[] {
    const rest: Buffer[] = [];
    while (this.#at < this.#fields.length) rest.push(this.bytes());
    return rest;
  }

  #next(): Reply | undefined {
    this.#at += 1;
    return this.#fields[this.#at - 1];
  }
}

export function readJoin(reply: Reply): JoinReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  if (word === "full") return { word, now };
  return {
    word: only("ok", word),
    now,
    epoch: fields.number(),
    seatNumber: fields.number(),
    leaseEnd: fields.number(),
  };
}

export function readPublish(reply: Reply): PublishReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  if (word === "gone") return { word, now };
  return { word: only("ok", word), now, epoch: fields.number(), eventCount: fields.number() };
}

export function readAttach(reply: Reply): AttachReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  if (word === "gone") return { word, now };
  if (word === "lost") {
    const [epoch, cursor] = [fields.number(), fields.number()];
    return { word, now, epoch, cursor, generation: fields.number(), leaseEnd: fields.number() };
  }
  return {
    word: only("ok", word),
    now,
    epoch: fields.number(),
    replayAfter: fields.number(),
    head: fields.number(),
    version: fields.number(),
    generation: fields.number(),
    seatNumber: fields.number(),
    leaseEnd: fields.number(),
    recovered: fields.number() === 1,
    log: fields.rest(),
  };
}

export function readRenew(reply: Reply): RenewReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  if (word === "gone" || word === "left" || word === "replaced") return { word, now };
  const renewed = {
    now,
    epoch: fields.number(),
    head: fields.number(),
    leaseEnd: fields.number(),
    version: fields.number(),
  };
  return word === "lost" ? { word, ...renewed } : { word: only("ok", word), ...renewed };
}

export function readHolds(reply: Reply): HoldsReply {
  return readLeave(reply);
}

export function readLeave(reply: Reply): LeaveReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  return { word: word === "gone" ? word : only("ok", word), now };
}

export function readResync(reply: Reply): ResyncReply {
  const fields = new Fields(reply);
  const [word, now] = [fields.word(), fields.number()];
  if (word === "absent" || word === "other") return { word, now };
  const [head, version] = [fields.number(), fields.number()];
  const live = new Map<number, number>();
  for (let seats = fields.number(); seats > 0; seats -= 1) live.set(fields.number(), fields.number());
  return { word: word === "trimmed" ? word : only("ok", word), now, head, version, live, log: fields.rest() };
}

function only<Word extends string>(expected: Word, word: string): Word {
  if (word !== expected) throw new TypeError(`a script returned ${word}`);
  return expected;
}
