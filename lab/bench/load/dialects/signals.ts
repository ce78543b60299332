import type { Dialect } from "../dialect.ts";
import { httpRequest } from "../http-request.ts";

/** The seed's protocol, and its LEAVE. A session here is the whole answer to the join, which the handshake repeats. */
export const signals: Dialect = {
  join: (call) => httpRequest("GET", `/call/${call}`),
  path: () => "/ws",
  greeting: ({ session }) => [{ say: [session], hear: '{"kind":"WELCOME"' }],
  keepAlive: undefined,
  posts: true,
  signal: ({ session }, _, kind, body) => {
    const text = session.replace('"JOIN"', () => `"${kind}"`).slice(0, -1);
    return httpRequest("POST", "/signal", `${text},"body":${JSON.stringify(body)}}`);
  },
  leave: ({ session }) => httpRequest("POST", "/leave", session.replace('"JOIN"', '"LEAVE"')),
};
