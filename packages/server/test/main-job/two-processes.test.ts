import test, { type TestContext } from "node:test";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { connectAcrossKill, offerBeforeAttach, openDataChannel } from "./jobs.ts";

async function twoProcesses(t: TestContext): Promise<[ServerProcess, ServerProcess]> {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const start = async (): Promise<ServerProcess> => {
    const server = await ServerProcess.start("--redis-addr", redis.addr);
    t.after(() => server.end("SIGKILL"));
    return server;
  };
  return [await start(), await start()];
}

const timeout = 60_000;

test(
  "main job › two peers open a data channel through two processes on one Redis",
  { timeout },
  async (t) => {
    const [a, b] = await twoProcesses(t);
    await openDataChannel(a.url, b.url);
  },
);

test("main job › 200 immediate OFFERs across two processes: 200 arrive", { timeout }, async (t) => {
  const [a, b] = await twoProcesses(t);
  await offerBeforeAttach(a.url, b.url);
});

test(
  "main job › a call whose process is killed between OFFER and ANSWER still connects",
  { timeout },
  async (t) => {
    const [a, b] = await twoProcesses(t);
    await connectAcrossKill([a.url, b.url], async () => void (await a.end("SIGKILL")));
  },
);
