import test from "node:test";
import { SentinelGroup } from "../support/sentinel.ts";
import { ServerProcess } from "../support/server-process.ts";
test("x", async (t) => {
  console.log("start", Date.now());
  const group = await SentinelGroup.start(t);
  console.log("ready", Date.now(), group.list);
  const server = await ServerProcess.start("--redis-sentinel", group.list, "--redis-master", "mymaster");
  t.after(() => server.end("SIGKILL"));
  console.log(server.url, server.log);
  console.log(await (await fetch(server.url + "/call/tea")).text());
  const m = await group.master();
  const t0 = performance.now();
  await m.stop("SIGKILL");
  for (;;) {
    const r = await fetch(server.url + "/call/tea" + Date.now());
    await r.text();
    if (r.status === 200) break;
  }
  console.log(performance.now() - t0, server.log);
});
