import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { time } from "@datadog/pprof";
import { Profile } from "pprof-format";
import { get, serve, until } from "./serve.ts";

async function getProfile(url: string): Promise<Profile> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.equal(response.headers.get("content-encoding"), null);
  return Profile.decode(gunzipSync(await response.arrayBuffer()));
}

function sampleTypes({ sampleType, stringTable: { strings } }: Profile): string[] {
  return sampleType.map(({ type, unit }) => `${strings[Number(type)]}/${strings[Number(unit)]}`);
}

function functionNames(profile: Profile): (string | undefined)[] {
  return profile.function.map(({ name }) => profile.stringTable.strings[Number(name)]);
}

function sumOfLastValues({ sample }: Profile): number {
  return sample.reduce((sum, { value }) => sum + Number(value.at(-1)), 0);
}

function spinForTheProfile(): void {
  const end = performance.now() + 5;
  while (performance.now() < end);
}

test("admin › /debug/pprof/profile shows what keeps the process busy", async (t) => {
  const { url } = await serve(t);
  const busy = setInterval(spinForTheProfile, 1);
  t.after(() => clearInterval(busy));
  const profile = await getProfile(`${url}/debug/pprof/profile?seconds=1`);
  assert.deepEqual(sampleTypes(profile), ["sample/count", "wall/nanoseconds"]);
  assert.ok(functionNames(profile).includes("spinForTheProfile"));
  assert.ok(Number(profile.durationNanos) >= 1e9);
  assert.ok(sumOfLastValues(profile) > 1e8);
});

test("admin › /debug/pprof/heap shows what lives since before the first request", async (t) => {
  const { url } = await serve(t);
  const kept = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `kept ${i}` }));
  const profile = await getProfile(`${url}/debug/pprof/heap?seconds=1&gc=1`);
  assert.deepEqual(sampleTypes(profile), ["inuse_objects/count", "inuse_space/bytes"]);
  assert.equal(profile.period, 512 * 1024);
  assert.ok(functionNames(profile).some((name) => name !== "(external)"));
  assert.ok(sumOfLastValues(profile) > 1e6);
  assert.equal(kept.length, 200_000);
});

test("admin › two servers share one heap sampler, which runs until the last has closed", async (t) => {
  const [first, second] = await Promise.all([serve(t), serve(t)]);
  await first.close();
  await first.close();
  await getProfile(`${second.url}/debug/pprof/heap`);
  await second.close();
  const third = await serve(t);
  await getProfile(`${third.url}/debug/pprof/heap`);
});

test("admin › profiles are offered as files", async (t) => {
  const { url } = await serve(t);
  for (const name of ["profile", "heap"]) {
    const { headers } = await fetch(`${url}/debug/pprof/${name}`, { method: "HEAD" });
    assert.equal(headers.get("content-type"), "application/octet-stream");
    assert.equal(headers.get("content-disposition"), `attachment; filename="${name}.pb.gz"`);
    assert.equal(headers.get("content-length"), null);
  }
  assert.equal(time.isStarted(), false);
});

test("admin › a length of profile that makes no sense answers 400", async (t) => {
  const { url } = await serve(t);
  for (const seconds of ["", "0", "-1", "301", "1.5", "1e1", "5s", "x", "9".repeat(40)]) {
    const [status, text] = await get(`${url}/debug/pprof/profile?seconds=${seconds}`);
    assert.equal(status, 400, seconds);
    assert.match(text, /^bad seconds: .*1 to 300/, seconds);
  }
});

test("admin › a second CPU profile at the same time answers 409, on any server of the process", async (t) => {
  const [first, second] = await Promise.all([serve(t), serve(t)]);
  const client = new AbortController();
  const running = fetch(`${first.url}/debug/pprof/profile`, { signal: client.signal });
  await until(() => time.isStarted());
  for (const { url } of [first, second]) {
    const [status, text] = await get(`${url}/debug/pprof/profile?seconds=1`);
    assert.equal(status, 409);
    assert.match(text, /^profile running: /);
  }
  client.abort();
  await assert.rejects(running, { name: "AbortError" });
  await until(() => !time.isStarted());
});

test("admin › a CPU profile stops when its client goes away, and the next may start", async (t) => {
  const { url } = await serve(t);
  for (let i = 0; i < 3; i++) {
    const client = new AbortController();
    const running = fetch(`${url}/debug/pprof/profile?seconds=300`, { signal: client.signal });
    await until(() => time.isStarted());
    client.abort();
    await assert.rejects(running, { name: "AbortError" });
    await until(() => !time.isStarted());
  }
});

test("admin › close stops a CPU profile, and tells its client", async (t) => {
  const admin = await serve(t);
  const running = get(`${admin.url}/debug/pprof/profile?seconds=300`);
  await until(() => time.isStarted());
  await admin.close();
  assert.equal(time.isStarted(), false);
  assert.deepEqual(await running, [503, "closing: the profile was stopped before its end\n"]);
});
