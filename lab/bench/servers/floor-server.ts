/**
 * The floor: the least that Node can do for the same work, with nothing around it. A POST is read whole and answered 200;
 * it runs one script that checks a seat's lease and publishes, through the Redis client and options that the service uses; what
 * the subscription brings is one bare send of `ws`. A join is a GET, and an attach an upgrade with one text each way.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { makeClient } from "../../../packages/server/src/backends/redis/node/client.ts";

const [, , redisPort] = process.argv;
const who = { tls: false, username: undefined, password: undefined, database: 0 };
const address = { host: "127.0.0.1", port: Number(redisPort), ...who };
const commands = makeClient(address);
const subscriber = makeClient(address);
await Promise.all([commands.connect(), subscriber.connect()]);

// A seat and the lease it has by Redis's clock: who may publish can't be told by less.
const session = "a".repeat(27);
const script = `
local till, time = redis.call('HGET', KEYS[1], ARGV[3]), redis.call('TIME')
if not till or tonumber(till) <= time[1] * 1000 then return 0 end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1`;
const digest = await commands.sendCommand<Buffer>(["SCRIPT", "LOAD", script]);
await commands.sendCommand(["HSET", "seats", session, "9999999999999"]);

const sockets = new Map<string, WebSocket>();
await subscriber.subscribe(
  "all",
  (message) => {
    const end = message.indexOf(10);
    sockets.get(message.toString("latin1", 0, end))?.send(message.subarray(end + 1), { binary: false });
  },
  true,
);

const server = createServer({ noDelay: true, keepAliveTimeout: 65_000 }, (request, response) => {
  if (request.method === "POST") post(request, response);
  else answer(response, joined);
});
const websockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: 65_536,
});
server.on("upgrade", (request, socket, head) => {
  websockets.handleUpgrade(request, socket, head, (websocket) => {
    websocket.once("message", (message: Buffer) => {
      const id = message.toString();
      sockets.set(id, websocket);
      websocket.once("close", () => sockets.delete(id));
      websocket.send("WELCOME");
    });
    websocket.on("error", () => {});
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port }: Partial<AddressInfo> = Object(server.address());
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

function post(request: IncomingMessage, response: ServerResponse): void {
  // To whom, and then the body.
  const parts: Buffer<ArrayBuffer>[] = [Buffer.from(`${(request.url ?? "").slice("/signal/".length)}\n`)];
  request.on("data", (chunk: Buffer<ArrayBuffer>) => void parts.push(chunk));
  request.on("end", () => {
    void commands
      .sendCommand(["EVALSHA", digest, "1", "seats", "all", Buffer.concat(parts), session])
      .then(() => answer(response, ""));
  });
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": String(body.length) });
  response.end(body);
}

const joined = JSON.stringify({ kind: "JOIN", call: "of the same length", session: "Q".repeat(27) });
