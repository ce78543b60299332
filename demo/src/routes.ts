/** How media travels to a peer, as `getStats` has it (W3C webrtc-stats). */
export interface Route {
  /** `host → srflx, udp`: the kinds of the two addresses, and the protocol. */
  readonly way: string;
  /** In milliseconds. */
  readonly roundTripMs: number | undefined;
}

/** The way in use; undefined until there is one. */
export async function routeOf(connection: RTCPeerConnection): Promise<Route | undefined> {
  const report = await connection.getStats();
  const stats = new Map<string, Stats>(report);
  const pair = pairIn(stats);
  const local = stats.get(textOf(pair, "localCandidateId"));
  const remote = stats.get(textOf(pair, "remoteCandidateId"));
  if (local === undefined || remote === undefined) return undefined;
  const [from, to] = [local, remote].map((candidate) => textOf(candidate, "candidateType"));
  const seconds = pair?.["currentRoundTripTime"];
  return {
    // What is relayed goes to the relay by another protocol, perhaps.
    way: `${from} → ${to}, ${textOf(local, "relayProtocol") || textOf(local, "protocol")}`,
    roundTripMs: typeof seconds === "number" ? seconds * 1000 : undefined,
  };
}

interface Stats {
  readonly [name: string]: unknown;
}

/** The transport names the pair in use; Firefox has no transports there, and marks the pair. */
function pairIn(stats: ReadonlyMap<string, Stats>): Stats | undefined {
  const all = [...stats.values()];
  const transport = all.find((entry) => entry["type"] === "transport");
  const named = stats.get(textOf(transport, "selectedCandidatePairId"));
  return named ?? all.find((entry) => entry["type"] === "candidate-pair" && entry["selected"] === true);
}

function textOf(stats: Stats | undefined, name: string): string {
  const value = stats?.[name];
  return typeof value === "string" ? value : "";
}
