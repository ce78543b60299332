import type { Row } from "./row.ts";

/** What `POST /ice` hands out. */
export const iceRows = [
  {
    name: "iceServers",
    flag: "ice-servers",
    kind: "ice-servers",
    default: "",
    help: "STUN and TURN servers for seats' holders: a JSON array of RTCIceServer objects, or the path of a file that holds it.",
  },
  {
    name: "turnUrl",
    flag: "turn-url",
    kind: "turn-urls",
    default: "",
    help: "URLs of a TURN server that takes time-limited credentials, comma-separated, such as turn:turn.example:3478. Needs a secret.",
  },
  {
    name: "turnSecret",
    flag: "turn-secret",
    kind: "text",
    pattern: /^[^]*$/,
    says: "any text",
    secret: true,
    default: "",
    help: "The secret shared with that TURN server, best given by the environment: a command line can be read by others.",
  },
  {
    name: "turnSecretFile",
    flag: "turn-secret-file",
    kind: "text",
    pattern: /^[^\0]*$/,
    says: "a path",
    default: "",
    help: "A file that holds the secret shared with that TURN server, alone on its first line.",
  },
  {
    name: "turnTtlMs",
    flag: "turn-ttl",
    kind: "duration",
    // Shorter, and a slow device or a clock a little off would be refused; longer, and a leak is good for days.
    min: "1m",
    max: "24h",
    default: "1h",
    help: "How long credentials for TURN last, in whole seconds; clients are told to ask again by then.",
  },
] as const satisfies readonly Row[];
