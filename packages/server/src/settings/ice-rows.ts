import { duration } from "./codecs/duration.ts";
import { iceServers } from "./codecs/ice-servers.ts";
import { path, secretText } from "./codecs/text.ts";
import { turnUrls } from "./codecs/turn-urls.ts";
import type { Row } from "./row.ts";

/** The settings of `POST /ice`. */
export const iceRows = [
  {
    name: "iceServers",
    flag: "ice-servers",
    codec: iceServers,
    default: "",
    help: "STUN and TURN servers for seats' holders: a JSON array of RTCIceServer objects, or the path of a file that holds it.",
  },
  {
    name: "turnUrl",
    flag: "turn-url",
    codec: turnUrls,
    default: "",
    help: "URLs of a TURN server that takes time-limited credentials, comma-separated, such as turn:turn.example:3478. Needs a secret.",
  },
  {
    name: "turnSecret",
    flag: "turn-secret",
    codec: secretText,
    default: "",
    help: "The secret shared with that TURN server, best given by the environment: a command line can be read by others.",
  },
  {
    name: "turnSecretFile",
    flag: "turn-secret-file",
    codec: path,
    default: "",
    help: "A file that holds the secret shared with that TURN server, alone on its first line.",
  },
  {
    name: "turnTtlMs",
    flag: "turn-ttl",
    // A shorter time would refuse slow devices and inexact clocks; a longer one would keep leaked credentials valid for days.
    codec: duration({ min: "1m", max: "24h" }),
    default: "1h",
    help: "How long credentials for TURN last, in whole seconds; clients are told to ask again by then.",
  },
] as const satisfies readonly Row[];
