import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import test, { type TestContext } from "node:test";
import { freePort } from "../../../../lab/wire/free-port.ts";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { Sentinel } from "../../../../lab/wire/sentinel.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { TcpProxy } from "../../../../lab/wire/tcp-proxy.ts";
import { join, leave, post, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

const operations = new URL("../../../../docs/operations.md", import.meta.url);

async function redisFor(t: TestContext, ...args: string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(...args);
  t.after(() => redis.remove());
  return redis;
}

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path(tmpdir(), "signals-access-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Does everything a client can do, once, on a service of its own. */
async function useThrough(
  t: TestContext,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const server = await ServerProcess.startWith(
    { ...process.env, ...env },
    "--ws-ping-interval",
    "100ms",
    ...flags,
  );
  t.after(() => server.end("SIGKILL"));
  const [one, two] = [await join(server.url, "tea"), await join(server.url, "tea")];
  const peer = await TestPeer.attach(server.url, two);
  assert.equal(await signal(server.url, one, "OFFER", "x"), 200);
  assert.equal((await peer.next()).body, "x");
  await peer.until(() => peer.pings.length > 3);
  const newer = await TestPeer.attach(server.url, two, 0);
  assert.equal((await peer.closed).code, 4001);
  assert.equal((await post(server.url, "/ice", { ...one, kind: "ICE" })).status, 200);
  assert.equal(await leave(server.url, two), 200);
  assert.equal(await leave(server.url, one), 200);
  assert.equal((await newer.closed).code, 1000);
  assert.equal((await fetch(`${server.adminUrl}/healthz`)).status, 200);
  assert.equal(await server.end("SIGTERM"), 0);
}

test("redis access › a user with only the commands and keys of docs/operations.md is enough", async (t) => {
  const redis = await redisFor(t);
  await redis.command("ACL", "SETUSER", "signals", ...(await rulesOfUser()));
  await redis.command("ACL", "SETUSER", "default", "off");
  await useThrough(t, ["--redis-addr", `redis://signals:secret@${redis.addr}`]);
});

test("redis access › a password comes by URL, by environment, or by file", async (t) => {
  const redis = await redisFor(t, "--requirepass", "s3 cret/@");
  const file = path(await folderFor(t), "password");
  await writeFile(file, "s3 cret/@\n");
  await useThrough(t, ["--redis-addr", `redis://:${encodeURIComponent("s3 cret/@")}@${redis.addr}`]);
  await useThrough(t, ["--redis-addr", redis.addr], { SIGNALS_REDIS_PASSWORD: "s3 cret/@" });
  await useThrough(t, ["--redis-addr", redis.addr, "--redis-password-file", file]);
});

test("redis access › a wrong password, and none, are refused at the start in one line", async (t) => {
  const redis = await redisFor(t, "--requirepass", "right");
  for (const addr of [redis.addr, `redis://:wrong@${redis.addr}`]) {
    await assert.rejects(
      ServerProcess.start("--redis-addr", addr),
      /redis refuses us .*check user, password/,
    );
  }
});

test("redis access › a user without a password is refused, since Redis would take it for its default user", async (t) => {
  const redis = await redisFor(t);
  const started = ServerProcess.start("--redis-addr", `redis://signals@${redis.addr}`);
  await assert.rejects(started, /redis's user signals has no password here/);
});

test("redis access › one older than 7.0 is refused at the start in one line", async (t) => {
  const redis = await redisFor(t);
  const older = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString("latin1").replace(/redis_version:7\.0\.15/, "redis_version:6.2.14"), "latin1");
  const proxy = await TcpProxy.start(redis.port, older);
  t.after(() => proxy.close());
  await assert.rejects(
    ServerProcess.start("--redis-addr", proxy.addr),
    /redis 6\.2\.14 is too old: use 7\.0 or newer/,
  );
});

test("redis access › databases and prefixes keep services apart", async (t) => {
  const redis = await redisFor(t);
  const flags = [
    ["--redis-addr", `redis://${redis.addr}/3`],
    ["--redis-addr", redis.addr],
    ["--redis-addr", redis.addr, "--redis-prefix", "other"],
  ];
  for (const own of flags) {
    const server = await ServerProcess.start("--seat-count", "1", ...own);
    t.after(() => server.end("SIGKILL"));
    // One seat a call: each service has a call of that name for itself.
    await TestPeer.attach(server.url, await join(server.url, "tea"));
  }
  assert.deepEqual(
    (await redis.command<string[]>("KEYS", "*")).map((key) => key.replace(/\{.*/, "")).toSorted(),
    ["other:1:", "other:1:", "signals:1:", "signals:1:"],
  );
  const channels = await redis.command<string[]>("PUBSUB", "CHANNELS");
  assert.equal(new Set(channels).size, 3);
});

test("redis access › a key without a lifetime is never left behind", async (t) => {
  const redis = await redisFor(t);
  await useThrough(t, ["--redis-addr", redis.addr]);
  const keys = await redis.command<string[]>("KEYS", "*");
  assert.ok(keys.length > 0);
  for (const key of keys) assert.ok((await redis.command<number>("PTTL", key)) > 0, key);
});

test("redis access › an evicting Redis is warned of", async (t) => {
  const redis = await redisFor(t, "--maxmemory-policy", "allkeys-lru");
  const server = await ServerProcess.start("--redis-addr", redis.addr);
  t.after(() => server.end("SIGKILL"));
  assert.match(server.log.join("\n"), /redis evicts keys \(maxmemory-policy allkeys-lru\).*noeviction/);
});

test("redis access › rediss:// speaks TLS", async (t) => {
  const certificate = await certificateFor(t);
  const port = await freePort();
  await redisFor(t, "--tls-port", String(port), ...tlsOf(certificate).flat());
  // By name, and by address, which TLS has no server name for.
  for (const host of ["localhost", "127.0.0.1"]) {
    await useThrough(t, ["--redis-addr", `rediss://${host}:${port}`], {
      NODE_EXTRA_CA_CERTS: certificate.cert,
    });
  }
});

test("redis access › through Sentinels, the users of docs/operations.md are enough", async (t) => {
  const redis = await redisFor(t);
  const sentinel = await sentinelFor(t, redis.port, [
    "user default off",
    /^user signals .*$/m.exec(await readFile(operations, "utf8"))?.[0] ?? "",
  ]);
  await redis.command("ACL", "SETUSER", "signals", ...(await rulesOfUser()));
  const list = `redis://signals:secret@${sentinel.addr}`;
  await useThrough(t, ["--redis-sentinel", list, "--redis-master", "redis://signals:secret@mymaster"]);
});

test("redis access › Redis's user and password go to the master that Sentinels name, and not to them", async (t) => {
  const redis = await redisFor(t);
  await redis.command("ACL", "SETUSER", "me", "on", ">right", "allkeys", "allchannels", "allcommands");
  // No Sentinel knows this user: it would refuse us.
  const sentinel = await sentinelFor(t, redis.port);
  const flags = ["--redis-sentinel", sentinel.addr, "--redis-master", "redis://me@mymaster/2"];
  await useThrough(t, flags, { SIGNALS_REDIS_PASSWORD: "right" });
  assert.match(await redis.command("INFO", "keyspace"), /^db2:/m);
});

test("redis access › rediss:// speaks TLS with Sentinels, and with the master they name", async (t) => {
  const certificate = await certificateFor(t);
  const [port, sentinelPort] = [await freePort(), await freePort()];
  await redisFor(t, "--tls-port", String(port), ...tlsOf(certificate).flat());
  const lines = tlsOf(certificate).map(([flag, value]) => `${flag.slice(2)} ${value}`);
  await sentinelFor(t, port, [`tls-port ${sentinelPort}`, "tls-replication yes", ...lines]);
  const list = `rediss://localhost:${sentinelPort}`;
  await useThrough(t, ["--redis-sentinel", list, "--redis-master", "rediss://mymaster"], {
    NODE_EXTRA_CA_CERTS: certificate.cert,
  });
});

test("redis access › Sentinels that name no master are refused at the start in one line", async (t) => {
  const redis = await redisFor(t);
  const sentinel = await sentinelFor(t, redis.port);
  const closed = await sentinelFor(t, redis.port, ["requirepass right"]);
  const nobody = `127.0.0.1:${await freePort()}`;
  const refusals: readonly (readonly [list: string, name: string, why: RegExp])[] = [
    [sentinel.addr, "yourmaster", /:\d+: knows no master yourmaster: check/],
    [`${nobody},${nobody}`, "mymaster", /ECONNREFUSED.*; 127.0.0.1:\d+: .*ECONNREFUSED.*: check/],
    [redis.addr, "mymaster", /unknown command 'SENTINEL'.*: check/],
    [closed.addr, "mymaster", /NOAUTH.*: check/],
    [`redis://:wrong@${closed.addr}`, "mymaster", /WRONGPASS.*: check/],
  ];
  for (const [list, name, why] of refusals) {
    const started = ServerProcess.start("--redis-sentinel", list, "--redis-master", name);
    await assert.rejects(started, ({ message }: Error) => {
      assert.match(message, /can't start: no Sentinel names a master: 127/);
      assert.match(message, why);
      assert.doesNotMatch(message, /wrong@|\n +at /);
      return true;
    });
  }
});

async function sentinelFor(
  t: TestContext,
  masterPort: number,
  lines: readonly string[] = [],
): Promise<Sentinel> {
  const sentinel = await Sentinel.start("mymaster", masterPort, lines);
  t.after(() => sentinel.remove());
  return sentinel;
}

/** What the documents say that the service's user may do. */
async function rulesOfUser(): Promise<string[]> {
  const [, limits = ""] =
    /```sh\nredis-cli ACL SETUSER signals (.*?)\n```/s.exec(await readFile(operations, "utf8")) ?? [];
  return limits.replaceAll(/'|\\\n/g, "").split(/\s+/);
}

/** The paths of a certificate for this machine, and of its key. */
type Certificate = { readonly cert: string; readonly key: string };

async function certificateFor(t: TestContext): Promise<Certificate> {
  const folder = await folderFor(t);
  const [key, cert] = [path(folder, "key.pem"), path(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"];
  const files = ["-keyout", key, "-out", cert];
  const made = spawnSync(process.env["OPENSSL"] ?? "openssl", request.concat(files, names));
  assert.equal(made.status, 0, String(made.stderr));
  return { cert, key };
}

/** The arguments that have a redis-server use it; it must not ask clients for theirs. */
function tlsOf({ cert, key }: Certificate): readonly (readonly [flag: string, value: string])[] {
  return [
    ["--tls-cert-file", cert],
    ["--tls-key-file", key],
    ["--tls-ca-cert-file", cert],
    ["--tls-auth-clients", "no"],
  ];
}
