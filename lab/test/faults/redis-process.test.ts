import { rejects } from "node:assert/strict";
import { test } from "node:test";
import { RedisServer } from "../../wire/redis.ts";

test("a Redis whose port is taken is not thought to run", async (t) => {
  const first = await RedisServer.start();
  t.after(() => first.remove());
  await rejects(
    RedisServer.start("--port", String(first.port)),
    /did not start:[^]*[Aa]ddress already in use/,
  );
});
