// `npm run build`: the two published packages, each into the `dist` of its folder, and the demo, into that of the server,
// which serves it. `node scripts/build.mjs demo` builds one of them. A build whose sources have not changed is left as it
// is, so `npm start` and `npm test` build what they need by themselves.
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const root = join(import.meta.dirname, "..");
/** TypeScript 7 is the compiler that the plugin knows as `tsgo`. */
const tsc = join(root, "node_modules/.bin/tsc");
const protocol = join(root, "packages/protocol");
const client = join(root, "packages/client");
const server = join(root, "packages/server");
const demo = join(root, "demo");

/** What is built, the folders it is made of, and the file that is written last. */
const builds = {
  client: { build: buildClient, sources: [client, protocol], last: join(client, "dist/index.d.ts") },
  server: { build: buildServer, sources: [server, protocol], last: join(server, "dist/commands/main.js") },
  demo: { build: buildDemo, sources: [demo, client, protocol], last: join(server, "dist/demo/index.html") },
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in builds));
if (unknown.length > 0) {
  console.error(
    `build: no build is named ${unknown.join(", ")}; the builds are ${Object.keys(builds).join(", ")}`,
  );
  process.exit(1);
}
for (const [name, { build, sources, last }] of Object.entries(builds)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  if (!isFresh(last, sources)) await build();
}

/** Whether a build is younger than everything that it is made of, this script included. */
function isFresh(last, sources) {
  if (!existsSync(last)) return false;
  const builtAt = statSync(last).mtimeMs;
  const inputs = sources.flatMap((folder) => [
    join(folder, "src"),
    ...readdirSync(join(folder, "src"), { recursive: true }).map((name) => join(folder, "src", name)),
  ]);
  return [import.meta.filename, ...inputs].every((path) => statSync(path).mtimeMs < builtAt);
}

/** One module with its types, and the same one minified, which a page can load as it is. */
async function buildClient() {
  const dist = join(client, "dist");
  empty(dist);
  const input = join(client, "src/index.ts");
  await bundle({ input }, { file: join(dist, "index.js") });
  await bundle({ input }, { file: join(dist, "index.min.js"), minify: true });
  await bundleTypes({ index: input }, dist);
}

/** The modules one by one, as they are in `src`: stack traces and readers find their way. */
async function buildServer() {
  const dist = join(server, "dist");
  for (const name of existsSync(dist) ? readdirSync(dist) : []) if (name !== "demo") empty(join(dist, name));
  const input = ["src/index.ts", "src/testing.ts", "src/commands/main.ts"].map((path) => join(server, path));
  await bundle(
    { input, external: isExternal },
    { dir: dist, preserveModules: true, preserveModulesRoot: join(server, "src") },
  );
  await bundleTypes({ index: join(server, "src/index.ts"), testing: join(server, "src/testing.ts") }, dist);
  cpSync(join(server, "src/backends/redis/scripts"), join(dist, "backends/redis/scripts"), {
    recursive: true,
  });
  const command = join(dist, "commands/main.js");
  chmodSync(command, 0o755);
  utimesSync(command, new Date(), new Date());
}

/** Static files: the page, its styles and pictures as they are, and its modules with the client's in one script. */
async function buildDemo() {
  const dist = join(server, "dist/demo");
  empty(dist);
  cpSync(join(demo, "src"), join(dist, "page"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  await bundle({ input: join(demo, "src/main.ts") }, { file: join(dist, "page/main.js"), minify: true });
  rmSync(join(dist, "page/index.html"));
  cpSync(join(demo, "src/index.html"), join(dist, "index.html"));
}

async function bundle(input, output) {
  const made = await rolldown({ tsconfig: join(root, "tsconfig.json"), ...input });
  try {
    await made.write({ format: "esm", ...output });
  } finally {
    await made.close();
  }
}

async function bundleTypes(input, dir) {
  const plugins = [dts({ emitDtsOnly: true, tsconfig: join(root, "tsconfig.json"), tsgo: { path: tsc } })];
  await bundle({ input, external: isExternal, plugins }, { dir });
}

/** What an installed package finds beside it; everything else, the protocol included, becomes part of it. */
function isExternal(id) {
  return !/^[./]/.test(id) && id !== "webrtc-signals-protocol" && !id.startsWith("\0");
}

function empty(folder) {
  rmSync(folder, { recursive: true, force: true });
}
