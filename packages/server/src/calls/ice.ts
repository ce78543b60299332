import type { IceAnswer, IceServer } from "webrtc-signals-protocol";
import { askBackend } from "./ports/ask-backend.ts";
import type { CallContext } from "./call-context.ts";

/** What there is to hand out to seats' holders. */
export interface IceOptions {
  /** Servers that are the same for everybody, handed out as they are. */
  readonly servers: readonly IceServer[];
  /** How long an answer is good, in whole seconds. */
  readonly ttl: number;
  /** A TURN server that knows no users, only the secret it shares with us. */
  readonly turn: TurnOptions | undefined;
}

/** How credentials for TURN are made; the secret itself stays out of here. */
export interface TurnOptions {
  readonly urls: readonly string[];
  /** A name for a session that is always the same and does not give the session away. */
  readonly labelOf: (session: string) => string;
  /** The password that the TURN server expects of a username. */
  readonly credentialOf: (username: string) => string;
}

export interface IceContext extends CallContext {
  readonly ice: IceOptions;
}

/** Answers a seat's holder, and nobody else, which servers to use. */
export async function offerIceServers(
  context: IceContext,
  call: string,
  session: string,
): Promise<({ readonly word: "ok" } & IceAnswer) | { readonly word: "gone" | "away" }> {
  const { backend, ice, report, now } = context;
  const operation = context.nextOperation();
  const startedAt = now();
  const reply = await askBackend(backend.holds(call, session));
  report({ event: "ice", outcome: reply.word, operation, durationMs: now() - startedAt });
  if (reply.word === "gone") return { word: "gone" };
  // A question that changes nothing decided nothing, whether it arrived or not.
  if (reply.word !== "ok") return { word: "away" };
  const { servers, ttl, turn } = ice;
  const iceServers = turn === undefined ? servers : [...servers, turnServer(turn, ttl, session, reply.now)];
  return { word: "ok", iceServers, ttl };
}

/**
 * Credentials that end by themselves (draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`). The end
 * is counted by the backend's clock, in Unix seconds, and rounded up, so that they last `ttl` at least.
 */
function turnServer(
  { urls, labelOf, credentialOf }: TurnOptions,
  ttl: number,
  session: string,
  now: number,
): IceServer {
  const username = `${Math.ceil(now / 1000) + ttl}:${labelOf(session)}`;
  return { urls: [...urls], username, credential: credentialOf(username) };
}
