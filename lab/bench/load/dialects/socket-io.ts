import type { Dialect } from "../dialect.ts";
import { clientFrame, opcodes } from "../frames.ts";

/** Engine.IO 4 and Socket.IO 5 over a websocket alone, as the client does with `transports: ["websocket"]`. */
export const socketIo: Dialect = {
  join: undefined,
  path: () => "/socket.io/?EIO=4&transport=websocket",
  greeting: ({ call }) => [
    { say: [], hear: "0{" },
    { say: ["40"], hear: "40{" },
    { say: [`420["join",${JSON.stringify(call)}]`], hear: "430[" },
  ],
  keepAlive: { hear: "2", say: "3" },
  posts: false,
  signal: (_, __, kind, body) => clientFrame(opcodes.text, `42${JSON.stringify(["signal", { kind, body }])}`),
  leave: undefined,
};
