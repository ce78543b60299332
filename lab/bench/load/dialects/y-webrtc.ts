import type { Dialect } from "../dialect.ts";
import { clientFrame, opcodes } from "../frames.ts";

/**
 * What the y-webrtc client says to its signaling server. It publishes to everybody on a topic, the sender included; here
 * each peer has a topic of its own, so that a signal has one receiver as everywhere else.
 */
export const yWebrtc: Dialect = {
  join: undefined,
  path: () => "/",
  // A subscription is not answered; a ping after it is.
  greeting: ({ id }) => [
    {
      say: [JSON.stringify({ type: "subscribe", topics: [id] }), JSON.stringify({ type: "ping" })],
      hear: '{"type":"pong"',
    },
  ],
  keepAlive: undefined,
  posts: false,
  signal: (_, to, kind, body) =>
    clientFrame(opcodes.text, JSON.stringify({ type: "publish", topic: to.id, data: { kind, body } })),
  leave: undefined,
};
