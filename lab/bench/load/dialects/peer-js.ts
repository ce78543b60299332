import type { Dialect } from "../dialect.ts";
import { clientFrame, opcodes } from "../frames.ts";

/** What the PeerJS client says to its server: everybody has an id, and messages name their receiver. */
export const peerJs: Dialect = {
  join: undefined,
  path: ({ id }) => `/peerjs?key=peerjs&id=${id}&token=${id}&version=1.5.4`,
  greeting: () => [{ say: [], hear: '{"type":"OPEN"' }],
  keepAlive: undefined,
  posts: false,
  signal: (_, to, kind, body) =>
    clientFrame(opcodes.text, JSON.stringify({ type: kind, payload: { sdp: body }, dst: to.id })),
  leave: undefined,
};
