import type { IceServer } from "webrtc-signals-protocol";
import { ask, detailOf } from "./ask.ts";
import type { Call } from "./call.ts";
import { SeatLostError, SignalsError } from "./errors.ts";

/** ICE servers, and when to ask anew: before their credentials end. In milliseconds since the epoch. */
interface IceLease {
  readonly servers: IceServer[];
  readonly until: number;
}

const leases = new WeakMap<Call, IceLease>();

/**
 * STUN and TURN servers for an `RTCPeerConnection`, as the call's server has them: asked anew before
 * their credentials end.
 *
 *     const connection = new RTCPeerConnection({ iceServers: await iceServersOf(call) });
 *
 * @throws SeatLostError; SignalsError `unreachable`
 */
export async function iceServersOf(call: Call): Promise<IceServer[]> {
  const known = leases.get(call);
  if (known !== undefined && Date.now() < known.until) return known.servers;
  const { name, session, url } = call;
  if (session === "") throw new SeatLostError();
  const answer = await ask(`${url}/ice`, { kind: "ICE", call: name, session });
  const { iceServers: servers, ttl } = answer.body ?? {};
  if (answer.status === 409) throw new SeatLostError();
  if (!isServers(servers) || typeof ttl !== "number") throw new SignalsError("unreachable", detailOf(answer));
  // A fifth of their time is left to whoever begins with them last.
  leases.set(call, { servers, until: Date.now() + ttl * 800 });
  return servers;
}

function isServers(value: unknown): value is IceServer[] {
  return Array.isArray(value);
}
