import type { Dialect } from "../dialect.ts";
import { httpRequest } from "../http-request.ts";

/** What the floor server understands: the same requests of the same shape, with the receiver in the path. */
export const floor: Dialect = {
  join: (call) => httpRequest("GET", `/call/${call}`),
  path: () => "/ws",
  greeting: ({ id }) => [{ say: [id], hear: "WELCOME" }],
  keepAlive: undefined,
  posts: true,
  signal: ({ session }, to, kind, body) => {
    const text = session.replace('"JOIN"', () => `"${kind}"`).slice(0, -1);
    return httpRequest("POST", `/signal/${to.id}`, `${text},"body":${JSON.stringify(body)}}`);
  },
  leave: ({ session }) => httpRequest("POST", "/leave", session),
};
