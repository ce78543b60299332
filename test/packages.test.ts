import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import test, { after } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";

const root = dirname(import.meta.dirname);
const rootManifest = readManifest(root);
const names = ["webrtc-signals", "webrtc-signals-client"] as const;
const folders = { "webrtc-signals": "packages/server", "webrtc-signals-client": "packages/client" };
const anyPorts = ["--addr", "127.0.0.1:0", "--healthz-addr", "127.0.0.1:0"];
/** Only this Node, so that the `node` of a shebang is no other. */
const env = { PATH: dirname(process.execPath) };
const run = promisify(execFile);

/** Outside the repository, where an import that the manifest does not declare finds nothing. */
const home = await mkdtemp(join(tmpdir(), "signals-package-"));
after(() => rm(home, { recursive: true }));
const installed = join(home, "node_modules/webrtc-signals");
const command = join(home, "node_modules/.bin/signals");
const packedFiles = {
  "webrtc-signals": await install("webrtc-signals"),
  "webrtc-signals-client": await install("webrtc-signals-client"),
};

test("package › holds the compiled sources, the documents and a manifest, and nothing else", async () => {
  const documents = ["LICENSE", "README.md", "package.json"];
  const client = ["index.d.ts", "index.js", "index.min.js"].map((name) => `dist/${name}`);
  assert.deepEqual(packedFiles["webrtc-signals-client"].toSorted(), [...documents, ...client].toSorted());

  const files = packedFiles["webrtc-signals"];
  const sources = await filesOf("packages/server/src");
  const demo = (await filesOf("demo/src")).filter((path) => !path.endsWith(".ts") && path !== "index.html");
  const expected = [
    ...documents,
    ...sources.filter((path) => path.endsWith(".lua")).map((path) => `dist/${path}`),
    ...["index.d.ts", "testing.d.ts", "commands/main.js", "demo/index.html", "demo/page/main.js"].map(
      (path) => `dist/${path}`,
    ),
    ...demo.map((path) => `dist/demo/page/${path}`),
  ];
  assert.deepEqual(
    expected.filter((path) => !files.includes(path)),
    [],
  );
  // Modules of types alone become nothing, and the types of both entries share a file.
  const modules = new Set(
    [...sources, ...(await filesOf("packages/protocol/src")).map((path) => `protocol/src/${path}`)].map(
      (path) => `dist/${path.replace(/\.ts$/, ".js")}`,
    ),
  );
  const rest = files.filter((path) => !expected.includes(path) && !modules.has(path));
  assert.deepEqual(
    rest.filter((path) => !/^dist\/[\w-]+\.d\.ts$/.test(path)),
    [],
  );
});

test("package › has the root's version, engines and dependencies, and neither scripts nor a private mark", () => {
  const { version, engines } = rootManifest;
  for (const name of names) {
    const manifest = readManifest(join(home, "node_modules", name));
    assert.partialDeepStrictEqual(manifest, { name, version, engines });
    // What an installation would run; `prepack` runs before publication alone.
    assert.deepEqual(Object.keys(manifest.scripts ?? {}), ["prepack"]);
    for (const key of ["private", "devDependencies", "optionalDependencies"]) {
      assert.ok(!(key in manifest), `the package.json of ${name} has ${key}`);
    }
  }
  assert.equal(readManifest(join(home, "node_modules/webrtc-signals-client")).dependencies, undefined);
});

for (const name of names) {
  test(`package › ${name} passes publint and, for every resolver of ESM, Are The Types Wrong`, async () => {
    const { messages } = await publint({ pkgDir: join(home, "node_modules", name), strict: true });
    assert.deepEqual(messages, []);
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const flags = ["--profile", "esm-only", "--no-color", "--exclude-entrypoints", "./min.js"];
    await run(process.execPath, [attw, tarballOf(name), ...flags]).catch(({ stdout }: { stdout: string }) =>
      assert.fail(stdout),
    );
  });
}

test("package › runs as the command signals, says where, serves, and exits 0 on SIGTERM", async (t) => {
  const child = spawn(command, [...anyPorts, "--demo"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exit = once(child, "exit");
  t.after(() => child.kill("SIGKILL"));
  const stderr = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    return line.done ? assert.fail(`the command ended: ${await stderr}`) : line.value;
  };

  const url = urlAfter("signals serves on ", await next());
  const adminUrl = urlAfter("admin on ", await next());
  const joined = await fetch(`${url}/call/test`);
  assert.equal(joined.status, 200);
  assert.partialDeepStrictEqual(await joined.json(), { kind: "JOIN", call: "test" });
  assert.equal((await fetch(`${adminUrl}/healthz`)).status, 200);
  await assertServesPage(url);

  child.kill("SIGTERM");
  assert.deepEqual(await exit, [0, null], await stderr);
});

test("package › tells its version by --version", async () => {
  const { stdout } = await run(command, ["--version"], { env });
  assert.equal(stdout, `${rootManifest.version}\n`);
});

test("package › starts a service by import, which joins, closes and lets its process end", async () => {
  const { stdout } = await runScript(`
    import { startService } from "webrtc-signals";
    const anywhere = { host: "127.0.0.1", port: 0 };
    const service = await startService({ addr: anywhere, healthzAddr: anywhere });
    const joined = await fetch(service.url + "/call/test");
    console.log(joined.status, (await joined.json()).kind, new URL(service.adminUrl).hostname);
    await service.close();
  `);
  assert.equal(stdout, "200 JOIN 127.0.0.1\n");
});

test("package › has the client, as modules and in one file, and both find a service", async () => {
  const { stdout } = await runScript(`
    import { startService } from "webrtc-signals";
    import * as modules from "webrtc-signals-client";
    import * as oneFile from "webrtc-signals-client/min.js";
    const anywhere = { host: "127.0.0.1", port: 0 };
    const service = await startService({ addr: anywhere, healthzAddr: anywhere });
    const one = await modules.joinCall(service.url, "tea");
    const two = await oneFile.joinCall(service.url, "tea");
    await two.offer("packed");
    for await (const { kind, body } of one) if (kind === "OFFER" && console.log(body) === undefined) break;
    await Promise.all([one.leave(), two.leave()]);
    await service.close();
  `);
  assert.equal(stdout, "packed\n");
});

test("package › serves without the profiler, and says how to install it", async () => {
  const { stdout } = await runScript(`
    import { startService } from "webrtc-signals";
    const anywhere = { host: "127.0.0.1", port: 0 };
    const service = await startService({ addr: anywhere, healthzAddr: anywhere });
    const profile = await fetch(service.adminUrl + "/debug/pprof/heap");
    console.log(profile.status, await profile.text());
    await service.close();
  `);
  assert.match(stdout, /^501 profiler unavailable: run npm install @datadog\/pprof/);
});

test("package › can be imported by its entries only", async () => {
  const { stdout } = await runScript(`
    await import("webrtc-signals/package.json", { with: { type: "json" } });
    await import("webrtc-signals/dist/service.js").catch((error) => console.log(error.code));
  `);
  assert.equal(stdout, "ERR_PACKAGE_PATH_NOT_EXPORTED\n");
});

test("package › carries types that a strict compiler takes", async () => {
  const consumer = join(home, "consumer.ts");
  await writeFile(
    consumer,
    `import { startService, type Service } from "webrtc-signals";
    export const service: Promise<Service> = startService({ addr: { host: "127.0.0.1", port: 0 } });
    // @ts-expect-error: the types are there, so a wrong setting is one
    void startService({ addr: true });
    export { joinCall, type Call } from "webrtc-signals-client";`,
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const flags = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--lib",
    "es2024,esnext.disposable,dom,dom.asynciterable",
    "--types",
    "",
  ];
  await run(process.execPath, [tsc, ...flags, consumer], { cwd: home }).catch((error: { stdout: string }) =>
    assert.fail(error.stdout),
  );
});

/** Packs and unpacks a package as npm would, with nothing beside it but what it declares; answers its files. */
async function install(name: (typeof names)[number]): Promise<readonly string[]> {
  const folder = join(home, "node_modules", name);
  await mkdir(join(home, "node_modules/.bin"), { recursive: true });
  await mkdir(folder);
  await run("npm", [
    "pack",
    join(root, folders[name]),
    "--offline",
    "--ignore-scripts",
    "--pack-destination",
    home,
  ]);

  const tarball = tarballOf(name);
  await run("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  const { bin, dependencies = {} } = readManifest(folder);
  for (const [program, path] of Object.entries(bin ?? {}))
    await symlink(join(folder, path), join(home, "node_modules/.bin", program));
  for (const dependency of Object.keys(dependencies)) {
    const link = join(home, "node_modules", dependency);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", dependency), link);
  }

  const { stdout } = await run("tar", ["-tzf", tarball]);
  return stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
}

function tarballOf(name: string): string {
  return join(home, `${name}-${rootManifest.version}.tgz`);
}

/** The files of a folder of the repository, by their paths from it. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder, "/").length));
}

/** The page comes with the package, bundled, and nothing else of the package is served. */
async function assertServesPage(url: string): Promise<void> {
  assert.match(await (await fetch(`${url}/`)).text(), /src="page\/main\.js"/);
  for (const [path, status] of Object.entries({ "page/main.js": 200, "page/page.css": 200, "index.js": 404 }))
    assert.equal((await fetch(`${url}/${path}`)).status, status, path);
  const served = await (await fetch(`${url}/page/main.js`)).text();
  assert.equal(served, readFileSync(join(installed, "dist/demo/page/main.js"), "utf8"));
}

type Manifest = {
  readonly version: string;
  readonly engines: object;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly scripts?: object;
};

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function urlAfter(words: string, line: string): string {
  assert.ok(line.startsWith(`${words}http://127.0.0.1:`), `expected "${words}" and a URL, not "${line}"`);
  return line.slice(words.length);
}

/** Runs a module beside the installed package, as a user's program is. */
async function runScript(source: string): Promise<{ stdout: string }> {
  const script = join(home, "script.mjs");
  await writeFile(script, source);
  return run(process.execPath, [script], { env });
}
