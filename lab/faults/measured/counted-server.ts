/** A server in a process of its own that tells, when asked, what it holds: timers and descriptors. */
import { readdirSync } from "node:fs";
import { startService } from "../../../packages/server/src/index.ts";

const anywhere = { host: "127.0.0.1", port: 0 };
const [, , redisAddr = "", seatTimeoutMs = ""] = process.argv;
const service = await startService({
  addr: anywhere,
  healthzAddr: anywhere,
  redisAddr,
  seatTimeoutMs,
  wsPingIntervalMs: "500ms",
  wsReadTimeoutMs: "1500ms",
});

process.on("message", () => {
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  process.send?.({ timers, descriptors: readdirSync("/proc/self/fd").length });
});
process.send?.({ url: service.url });
