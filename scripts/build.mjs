// `npm run build`: the two published packages, each into the `dist` of its folder, and the demo, into that of the server,
// which serves it. `node scripts/build.mjs demo` builds one of them. A build whose inputs have not changed is left as it
// is, so `npm start` and `npm test` build what they need by themselves. A build is made beside its folder and then takes
// its place, so one that fails or is interrupted leaves the former one, and two at the same time do no harm.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
/** TypeScript 7 is the compiler that the plugin knows as `tsgo`. */
const tsc = join(root, "node_modules/.bin/tsc");
const tsconfig = join(root, "tsconfig.json");
const protocol = join(root, "packages/protocol");
const client = join(root, "packages/client");
const server = join(root, "packages/server");
const demo = join(root, "demo");

/** What is built: the folder, a file in it, the package in which it is made, and the folders of the sources. */
const builds = {
  client: {
    build: buildClient,
    folder: join(client, "dist"),
    file: "index.js",
    home: client,
    sources: [client, protocol],
  },
  server: {
    build: buildServer,
    folder: join(server, "dist"),
    file: "index.js",
    home: server,
    sources: [server, protocol],
  },
  demo: {
    build: buildDemo,
    folder: join(server, "dist/demo"),
    file: "index.html",
    home: server,
    sources: [demo, client, protocol],
  },
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in builds));
if (unknown.length > 0)
  fail(`no build is named ${unknown.join(", ")}; the builds are ${Object.keys(builds).join(", ")}`);
for (const name of chosen.length > 0 ? chosen : Object.keys(builds)) {
  try {
    await buildUnlessFresh(name, builds[name]);
  } catch (error) {
    if (error.code !== "EROFS" && error.code !== "EACCES") throw error;
    fail(`cannot write ${error.path}; build once as a user who can, with npm run build`);
  }
}

async function buildUnlessFresh(name, { build, folder, file, home, sources }) {
  const stamp = join(home, `.built-${name}`);
  if (isFresh(join(folder, file), stamp, sources)) return;
  const startedAt = Date.now();
  const made = mkdtempSync(join(home, ".build-"));
  try {
    await build(made);
    chmodSync(made, 0o755);
    takePlace(made, folder);
    writeFileSync(stamp, String(startedAt));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Whether a build started after the last change of everything that it is made of. */
function isFresh(file, stamp, sources) {
  if (!existsSync(file) || !existsSync(stamp)) return false;
  const builtAt = Number(readFileSync(stamp, "utf8"));
  const configuration = ["tsconfig.json", "package-lock.json"].map((name) => join(root, name));
  const inputs = sources.flatMap((source) => [
    join(source, "src"),
    ...readdirSync(join(source, "src"), { recursive: true }).map((name) => join(source, "src", name)),
  ]);
  return [import.meta.filename, ...configuration, ...inputs].every(
    (path) => statSync(path).mtimeMs < builtAt,
  );
}

/** Puts a new build in the place of the former one. The demo, which lies in the server's, goes along. */
function takePlace(made, folder) {
  const former = `${made}-former`;
  const inner = join(folder, "demo");
  if (existsSync(inner)) renameSync(inner, join(made, "demo"));
  mkdirSync(dirname(folder), { recursive: true });
  if (existsSync(folder)) renameSync(folder, former);
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another build of the same sources was faster.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
  rmSync(former, { recursive: true, force: true });
}

/** One module with its types, and the same one minified, which a page can load as it is. */
async function buildClient(folder) {
  const input = join(client, "src/index.ts");
  await bundle({ input }, { file: join(folder, "index.js") });
  await bundle({ input }, { file: join(folder, "index.min.js"), minify: true });
  await bundleTypes({ index: input }, folder);
}

/** The modules one by one, as they are in `src`: stack traces and readers find their way. */
async function buildServer(folder) {
  const src = join(server, "src");
  const input = ["index.ts", "testing.ts", "commands/main.ts"].map((path) => join(src, path));
  await bundle(
    { input, external: isExternal },
    { dir: folder, preserveModules: true, preserveModulesRoot: src },
  );
  await bundleTypes({ index: join(src, "index.ts"), testing: join(src, "testing.ts") }, folder);
  cpSync(join(src, "backends/redis/scripts"), join(folder, "backends/redis/scripts"), { recursive: true });
  chmodSync(join(folder, "commands/main.js"), 0o755);
}

/** Static files: the page, its styles and pictures as they are, and its modules with the client's in one script. */
async function buildDemo(folder) {
  const src = join(demo, "src");
  cpSync(src, join(folder, "page"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  renameSync(join(folder, "page/index.html"), join(folder, "index.html"));
  await bundle({ input: join(src, "main.ts") }, { file: join(folder, "page/main.js"), minify: true });
}

async function bundle(input, output) {
  // Loaded on demand, so that a fresh build needs no development dependency.
  const { rolldown } = await import("rolldown");
  const made = await rolldown({ tsconfig, ...input });
  try {
    await made.write({ format: "esm", ...output });
  } finally {
    await made.close();
  }
}

async function bundleTypes(input, dir) {
  const { dts } = await import("rolldown-plugin-dts");
  const plugins = [dts({ emitDtsOnly: true, tsconfig, tsgo: { path: tsc } })];
  await bundle({ input, external: isExternal, plugins }, { dir });
}

/** What an installed package finds beside it; everything else, the protocol included, becomes part of it. */
function isExternal(id) {
  return !/^[./]/.test(id) && id !== "webrtc-signals-protocol" && !id.startsWith("\0");
}

function fail(reason) {
  console.error(`build: ${reason}`);
  process.exit(1);
}
