import type { IceServer } from "../protocol/ice-servers.ts";
import { ask, detailOf } from "./ask.ts";
import { SeatLostError, SignalsError } from "./errors.ts";

/** ICE servers, and when to ask anew: before their credentials end. In milliseconds since the epoch. */
export interface IceLease {
  readonly servers: IceServer[];
  readonly until: number;
}

/**
 * Asks for the ICE servers of a seat's holder.
 * @throws SeatLostError; SignalsError `unreachable`
 */
export async function askIce(
  url: string,
  call: string,
  session: string,
  signal: AbortSignal,
): Promise<IceLease> {
  if (session === "") throw new SeatLostError();
  const answer = await ask(`${url}/ice`, { kind: "ICE", call, session }, signal);
  const { iceServers: servers, ttl } = answer.body ?? {};
  if (answer.status === 409) throw new SeatLostError();
  if (!isServers(servers) || typeof ttl !== "number") throw new SignalsError("unreachable", detailOf(answer));
  // A fifth of their time is left to whoever begins with them last.
  return { servers, until: Date.now() + ttl * 800 };
}

function isServers(value: unknown): value is IceServer[] {
  return Array.isArray(value);
}
