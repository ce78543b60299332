import { readObject } from "./ask.ts";

/**
 * What peers say to each other in the body of a signal, as JSON: the server knows nothing of it.
 * docs/client.md documents it, so that a client without this code can take part.
 */
export interface Envelope extends Saying {
  /** Who says it: an id that a page keeps over a reload. */
  readonly from: string;
  /** Which instance of it: counts up with each reload. What an older one says is ignored. */
  readonly run: number;
  /** Rises with everything this instance says, so that a receiver drops what comes twice. */
  readonly id: number;
}

/** What an envelope says, without its head. */
export interface Saying {
  /** Whom it is for; without it, for everybody. */
  readonly to?: string;
  /** Which connection of the sender's it is about: a higher one takes the place of those before. */
  readonly link?: number;
  /** «I am here»: whoever hears it offers. */
  readonly hello?: true;
  /** «I am gone», or to one peer: «our connection is». */
  readonly bye?: true;
  /** The introduction that `joinCall` was given. */
  readonly introduction?: string | undefined;
  readonly description?: RTCSessionDescriptionInit;
  /** With an answer: the id of the offer that it answers. */
  readonly answers?: number;
  readonly candidates?: readonly RTCIceCandidateInit[];
}

/** Reads an envelope; undefined for anything else, which is another client's business. */
export function readEnvelope(body: string): Envelope | undefined {
  const read: { readonly [name: string]: unknown } | undefined = readObject(body);
  return read !== undefined && isEnvelope(read) ? read : undefined;
}

function isEnvelope(read: object): read is Envelope {
  const { from, run, id, introduction = "" }: Partial<Record<keyof Envelope, unknown>> = read;
  return [typeof from, typeof run, typeof id, typeof introduction].join() === "string,number,number,string";
}
