import { after, before } from "node:test";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { promiseSuite } from "./promise-suite.ts";

let redis: RedisServer;
let servers: readonly ServerProcess[] = [];
const leaseMs = 1500;

before(async () => {
  redis = await RedisServer.start();
  const times = ["--seat-timeout", `${leaseMs}ms`, "--ws-read-timeout", "1s", "--ws-ping-interval", "100ms"];
  const flags = ["--redis-addr", redis.addr, ...times];
  servers = [await ServerProcess.start(...flags), await ServerProcess.start(...flags)];
});
after(async () => {
  for (const server of servers) await server.end("SIGKILL");
  await redis.remove();
});

promiseSuite("two processes, one Redis", async () => {
  const [one, two] = servers;
  if (one === undefined || two === undefined) throw new Error("the servers did not start");
  return { a: one.url, b: two.url, leaseMs };
});
