// `npm run build [folder]`: what is published, in `dist` or in the folder named. The root is private and holds the
// tools; the package is the compiled `src`, the documents a user needs, and a manifest derived from the root's.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { rolldown } from "rolldown";

const packageName = "webrtc-signals";
const keywords = ["webrtc", "signaling", "websocket", "peer-to-peer", "sdp", "ice"];
const root = dirname(import.meta.dirname);

/** What can be imported, by subpath, and the module of `src` that answers. */
const entries = { ".": "index", "./client": "client/index" };
/** What a page can load as it is, in one file: by subpath, and the module of `src` that it is made of. */
const bundles = { "./client.min.js": "client/index" };
/** What can be run, by name. */
const commands = { signals: "cli" };
const documents = [
  "README.md",
  "PROTOCOL.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "LICENSE",
  "docs",
];

await build(resolve(process.argv[2] ?? join(root, "dist")));

async function build(folder) {
  empty(folder);
  // First, so that a build which fails below leaves a folder that the next one knows as its own.
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(publishedManifest(), undefined, 2)}\n`);
  compile(folder);
  cpSync(join(root, "src"), folder, { recursive: true, filter: (path) => extname(path) !== ".ts" });
  for (const document of documents.filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, document), join(folder, document), { recursive: true });
  }
  for (const [subpath, module] of Object.entries(bundles)) await bundle(folder, subpath, module);
  for (const module of Object.values(commands)) chmodSync(join(folder, `${module}.js`), 0o755);
  console.log(`built ${packageName} ${publishedManifest().version} into ${folder}`);
}

async function bundle(folder, subpath, module) {
  const made = await rolldown({ input: join(root, "src", `${module}.ts`) });
  await made.write({ file: join(folder, subpath), format: "esm", minify: true });
  await made.close();
}

/** Empties a folder that a build made; any other that holds something is a slip of the caller's, and stays. */
function empty(folder) {
  if (existsSync(folder)) {
    const isOurs = readManifest(folder)?.name === packageName;
    if (!isOurs && readdirSync(folder).length > 0) fail(`${folder} holds something that is not a build`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
}

function compile(folder) {
  const args = [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    join(root, "tsconfig.build.json"),
    "--outDir",
    folder,
  ];
  if (spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0) fail("tsc failed");
}

/** Without `files`: the folder holds nothing that is not published. */
function publishedManifest() {
  const { version, description, license, engines, dependencies } = readManifest(root);
  return {
    name: packageName,
    version,
    description,
    license,
    keywords,
    type: "module",
    engines,
    bin: mapValues(commands, (module) => `${module}.js`),
    exports: {
      ...mapValues(entries, (module) => ({ types: `./${module}.d.ts`, default: `./${module}.js` })),
      ...mapValues(bundles, (_, subpath) => subpath),
      "./package.json": "./package.json",
    },
    sideEffects: Object.values(commands).map((module) => `./${module}.js`),
    dependencies,
  };
}

function mapValues(table, change) {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value, key)]));
}

function readManifest(folder) {
  const path = join(folder, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function fail(reason) {
  console.error(`build: ${reason}`);
  process.exit(1);
}
