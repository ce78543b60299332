import type { Ticket } from "../wire/test-peer.ts";
import { callNameMutant } from "./call-names.ts";
import { type Fields, jsonMutant } from "./json-mutants.ts";
import { damage } from "./mutate.ts";
import type { Random } from "./random.ts";

/** A request as bytes, and what may come back. */
export interface MutatedRequest {
  readonly family: string;
  readonly bytes: Buffer;
  /** The statuses that the protocol has for it; undefined where it is mutated beyond telling. */
  readonly allowed: readonly number[] | undefined;
  readonly method: string;
}

/** Makes a request of one of the families, and damages the bytes of one in five. */
export function requestOf(ticket: Ticket, random: Random): MutatedRequest {
  const made = random.pick(families)(ticket, random);
  if (!random.oneIn(5)) return made;
  return {
    ...made,
    family: `${made.family}, damaged`,
    bytes: damage(made.bytes, random),
    allowed: undefined,
  };
}

const families: readonly ((ticket: Ticket, random: Random) => MutatedRequest)[] = [
  namedCall,
  namedCall,
  posted,
  posted,
  oddHeaders,
  oddHeaders,
  oddMethod,
  oddPath,
  oddBody,
];

const host = "Host: signals.test";
const json = "Content-Type: application/json";

function namedCall(_: Ticket, random: Random): MutatedRequest {
  const { segment, allowed } = callNameMutant(random);
  const method = random.pick(["GET", "POST"]);
  const query = random.oneIn(8) ? "?x=%zz&{}" : "";
  return {
    family: "call names",
    bytes: bytesOf([`${method} /call/${segment}${query} HTTP/1.1`, host]),
    allowed,
    method,
  };
}

function posted(ticket: Ticket, random: Random): MutatedRequest {
  const [path, fields] = random.pick<readonly [string, Fields]>([
    ["/signal", { ...ticket, kind: random.pick(["OFFER", "ANSWER", "CANDIDATE"]), body: "v=0" }],
    ["/leave", { kind: "LEAVE", call: ticket.call, session: random.bytes(20).toString("base64url") }],
    ["/ice", { ...ticket, kind: "ICE" }],
    ["/call/fuzz", { body: "I am a fuzzer" }],
  ]);
  const body = jsonMutant(fields, random);
  const head = [`POST ${path} HTTP/1.1`, host, json, `Content-Length: ${body.length}`];
  return { family: "JSON", bytes: bytesOf(head, body), allowed: [200, 400, 409, 413], method: "POST" };
}

function oddHeaders(ticket: Ticket, random: Random): MutatedRequest {
  const body = Buffer.from(JSON.stringify({ ...ticket, kind: "OFFER", body: "x" }));
  const lines = [
    ...(random.oneIn(6) ? [] : [host]),
    ...(random.oneIn(4) ? [] : [json]),
    ...(random.oneIn(4) ? [] : [`Content-Length: ${body.length}`]),
    ...Array.from({ length: random.between(1, 4) }, () => random.pick(headers)),
  ];
  const target = random.pick(["/signal", "/call/fuzz", "/ws", "/leave", "/ice", "/"]);
  const method = random.pick(["GET", "POST", "POST", "OPTIONS"]);
  const version = random.oneIn(10) ? random.pick(["1.0", "1.2", "2.0", "0.9", "11"]) : "1.1";
  const bytes = bytesOf([`${method} ${target} HTTP/${version}`, ...lines], body);
  return { family: "headers", bytes, allowed: undefined, method };
}

const headers: readonly string[] = [
  [
    "Host: other",
    "Host:",
    "Host: a, b",
    "Host: [::1",
    "Host: \u0001",
    "Origin: null",
    "Origin: http://localhost",
  ],
  [
    "Origin: https://evil.test",
    "Origin:",
    "Origin: ://",
    "Sec-Purpose: prefetch",
    "Purpose: preview",
    "X-Moz: prefetch",
  ],
  ["Content-Length: 0", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999"],
  [
    "Content-Length: 5, 5",
    "Content-Length: 0x10",
    "Content-Length: 65537",
    "Content-Length: +1",
    "Content-Length:",
  ],
  ["Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity"],
  ["Transfer-Encoding : chunked", "Transfer-Encoding: xchunked", "TE: trailers", "Trailer: Host"],
  ["Expect: 100-continue", "Expect: 200-ok", "Upgrade: h2c", "Upgrade: websocket", "Connection: Upgrade"],
  ["Connection: close", "Connection: keep-alive, Upgrade", "Connection: Host", "Keep-Alive: timeout=0"],
  ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: x"],
  [
    "Sec-WebSocket-Protocol: a, a",
    "Sec-WebSocket-Protocol: ,",
    "Sec-WebSocket-Extensions: permessage-deflate",
  ],
  [
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
    "Sec-WebSocket-Extensions: ;;=",
  ],
  [
    "Content-Type: text/plain",
    "Content-Type: ;",
    "Content-Type: application/json; charset=utf-7",
    "Content-Type:",
  ],
  ["Content-Encoding: gzip", "Accept-Encoding: *;q=0", "If-None-Match: *", "Range: bytes=0-", "Cookie: a=b"],
  [
    "__proto__: x",
    "constructor: x",
    "X: \u00ff\u00fe",
    "X: a\u0000b",
    " folded: x",
    "X",
    ": x",
    "X Y: z",
    "X: a\n b",
  ],
  [
    `X: ${"x".repeat(17_000)}`,
    `X: ${"x".repeat(8000)}`,
    "X-Forwarded-For: 127.0.0.1",
    "Authorization: Bearer \u2028",
  ],
].flat();

function oddMethod(ticket: Ticket, random: Random): MutatedRequest {
  const method = random.pick([
    "HEAD",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "QUERY",
    "OPTIONS",
    "get",
    "G",
    "PRI",
  ]);
  const target = random.pick([
    "/signal",
    `/call/${encodeURIComponent(ticket.call)}`,
    "/ws",
    "/leave",
    "/ice",
    "*",
    "/",
  ]);
  const bytes = bytesOf([`${method} ${target} HTTP/1.1`, host]);
  return { family: "methods", bytes, allowed: [204, 400, 404, 405], method };
}

function oddPath(_: Ticket, random: Random): MutatedRequest {
  const target = random.pick(
    [
      [
        "",
        "*",
        "?",
        "#",
        "//",
        "/%",
        "/../etc/passwd",
        "/call",
        "/call/",
        "/call//",
        "/call/a/b",
        "/CALL/a",
        "/ws/x",
      ],
      [
        "http://",
        "http:///call/a",
        "ftp://a/call/b",
        "//call/a",
        "/signal%00",
        "/./signal",
        "/%73ignal",
        "/call\\a",
      ],
      [
        "/page/../commands/main.js",
        "/page/%2e%2e/main.js",
        "/package.json",
        "/.git/config",
        "/debug/pprof/heap",
        "/healthz",
      ],
      [
        "/__proto__",
        "/constructor",
        `/${"a/".repeat(4000)}`,
        "/caf\u00e9",
        "/\u0000",
        "/a b",
        "javascript:1",
      ],
    ].flat(),
  );
  const bytes = bytesOf([`GET ${target} HTTP/1.1`, host]);
  return { family: "paths", bytes, allowed: [400, 404, 405], method: "GET" };
}

function oddBody(ticket: Ticket, random: Random): MutatedRequest {
  const body = JSON.stringify({
    ...ticket,
    kind: "OFFER",
    body: "x".repeat(random.pick([1, 1000, 65_000, 70_000])),
  });
  const size = Buffer.byteLength(body).toString(16);
  const chunks = random.pick([
    `${size}\r\n${body}\r\n0\r\n\r\n`,
    `${size};ext="${"e".repeat(300)}"\r\n${body}\r\n0\r\nTrailer: x\r\n\r\n`,
    `${"0".repeat(30)}${size}\r\n${body}\r\n0\r\n\r\n`,
    `-1\r\n${body}\r\n0\r\n\r\n`,
    `ffffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    `${size}\n${body}\n0\n\n`,
    `zz\r\n${body}\r\n`,
    `1\r\n{\r\n`,
    body.slice(0, 300).replaceAll(/./g, "1\\r\\n$&\\r\\n"),
  ]);
  const head = [`POST /signal HTTP/1.1`, host, json, "Transfer-Encoding: chunked"];
  const allowed = [200, 400, 409, 413];
  return { family: "chunked bodies", bytes: bytesOf(head, Buffer.from(chunks)), allowed, method: "POST" };
}

function bytesOf(lines: readonly string[], body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}
