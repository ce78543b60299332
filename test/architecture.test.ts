import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import test from "node:test";

/**
 * The layers of ARCHITECTURE.md, lowest first. A part imports itself and what lies on strictly lower levels, so never
 * a neighbour on its own level. `only` and `packages` narrow that; without them any lower part, any package. The packages
 * of this repository count as the parts that they are.
 */
const server = "packages/server/src/";
const parts: readonly Part[] = [
  { level: 0, paths: ["packages/protocol/src/"], packages: [] },
  { level: 0, paths: [`${server}host-port.ts`] },
  { level: 1, paths: [`${server}calls/ports/`], packages: [] },
  { level: 2, paths: [`${server}calls/feed/`], packages: [] },
  { level: 4, paths: [`${server}calls/presence/`], packages: [] },
  { level: 3, paths: [`${server}calls/`], packages: [] },
  { level: 4, paths: [`${server}backends/redis/keys.ts`] },
  { level: 5, paths: [`${server}backends/memory/`] },
  { level: 5, paths: [`${server}backends/redis/node/`] },
  { level: 6, paths: [`${server}backends/redis/topology/`] },
  { level: 7, paths: [`${server}backends/redis/`] },
  { level: 5, paths: [`${server}telemetry/`] },
  { level: 5, paths: [`${server}guards/`] },
  { level: 5, paths: [`${server}transports/http/kit/`] },
  { level: 6, paths: [`${server}transports/`] },
  { level: 7, paths: [`${server}admin/`] },
  { level: 7, paths: [`${server}settings/`] },
  {
    level: 8,
    paths: ["service.ts", "descriptor-limit.ts", "demo-files.ts", "timers.ts"].map(inServer),
  },
  { level: 9, paths: [`${server}commands/`] },
  { level: 9, paths: ["index.ts", "testing.ts"].map(inServer) },
  { level: 1, paths: ["packages/client/src/"], packages: [], only: ["packages/protocol/src/"] },
  { level: 2, paths: ["demo/src/"], packages: [], only: ["packages/client/src/", "packages/protocol/src/"] },
];

/** The names by which packages of this repository are imported, and the folders they are. */
const workspaces: ReadonlyMap<string, string> = new Map([
  ["webrtc-signals-protocol", "packages/protocol/src/index.ts"],
  ["webrtc-signals-client", "packages/client/src/index.ts"],
]);

/** What code does not say: by rule, the words and the files that they are barred from. */
const barredWords: readonly BarredWords[] = [
  {
    rule: "the rules are handed time and chance",
    words: /\b(?:setTimeout|setInterval|setImmediate|Date\.now|performance\.now|Math\.random|new Date\(\))/g,
    barredFrom: (path) => path.startsWith("packages/protocol/src/") || path.startsWith(`${server}calls/`),
  },
  {
    rule: "only commands and the descriptor limit touch the process",
    words: /\bprocess\.\w+/g,
    barredFrom: (path) => !path.startsWith(`${server}commands/`) && path !== `${server}descriptor-limit.ts`,
  },
  { rule: "what is worth telling is reported", words: /\bconsole\.\w+/g, barredFrom: () => true },
];

/** Every rule, with files that break it and what the check has to say of them. */
const rules: readonly Rule[] = [
  {
    title: "every file of src has a layer",
    check: (files) =>
      sources(files)
        .filter((file) => partOf(file.path) === undefined)
        .map((file) => `${file.path} lies in no part of the table of layers`),
    planted: {
      [`${server}utils/pick.ts`]: "",
      [`${server}protocol.ts`]: "",
      [`${server}calls/join.ts`]: "",
      "packages/other/src/index.ts": "",
    },
    caught: [
      "packages/server/src/utils/pick.ts lies in no part of the table of layers",
      "packages/server/src/protocol.ts lies in no part of the table of layers",
      "packages/other/src/index.ts lies in no part of the table of layers",
    ],
  },
  {
    title: "imports run downward only",
    check: (files) =>
      sources(files).flatMap((file) => file.imports.flatMap((target) => directionOf(file, target))),
    planted: {
      "packages/protocol/src/messages.ts": `import { constants } from "node:os";`,
      [`${server}calls/join.ts`]: `import type { Wheel } from "../transports/websocket/wheel.ts";\nimport "pino";`,
      [`${server}calls/signal.ts`]: `import {\n  a,\n  b,\n} from "webrtc-signals-protocol"; // from "../service.ts"\nimport "./join.ts";`,
      [`${server}backends/memory/call.ts`]: `export * from "../../telemetry/log.ts";`,
      [`${server}transports/http/server.ts`]: `import { a } from "../frames.ts";\nimport { Wheel } from "../websocket/wheel.ts";`,
      [`${server}settings/read.ts`]: `const admin = await import("../admin/server.ts");`,
      [`${server}service.ts`]: `import "./descriptor-limit.ts";\nimport "node:http";\nimport "../test/serve.ts";`,
      "packages/client/src/peer.ts": `import "webrtc-signals-protocol";\nimport "../../server/src/calls/join.ts";`,
      "demo/src/main.ts": `import "webrtc-signals-client";\nimport "../../packages/server/src/service.ts";`,
    },
    caught: [
      "packages/protocol/src/messages.ts imports node:os: packages/protocol/src/ takes no package",
      "packages/server/src/calls/join.ts imports packages/server/src/transports/websocket/wheel.ts: level 3 imports only what lies below it",
      "packages/server/src/calls/join.ts imports pino: packages/server/src/calls/ takes no package",
      "packages/server/src/backends/memory/call.ts imports packages/server/src/telemetry/log.ts: level 5 imports only what lies below it",
      "packages/server/src/transports/http/server.ts imports packages/server/src/transports/websocket/wheel.ts: what neighbours share lies above both",
      "packages/server/src/settings/read.ts imports packages/server/src/admin/server.ts: level 7 imports only what lies below it",
      "packages/server/src/service.ts imports packages/server/test/serve.ts: it lies in no part of the table of layers",
      "packages/client/src/peer.ts imports packages/server/src/calls/join.ts: packages/client/src/ imports only packages/protocol/src/",
      "demo/src/main.ts imports packages/server/src/service.ts: demo/src/ imports only packages/client/src/, packages/protocol/src/",
    ],
  },
  {
    title: "no imports run in a circle",
    check: (files) => circles(sources(files)),
    planted: {
      [`${server}calls/a.ts`]: `import type { B } from "./b.ts";`,
      [`${server}calls/b.ts`]: `import { c } from "./c.ts";`,
      [`${server}calls/c.ts`]: `import "./b.ts";\nimport "./d.ts";`,
      [`${server}calls/d.ts`]: `// import "./a.ts";`,
    },
    caught: ["packages/server/src/calls/b.ts imports itself by way of packages/server/src/calls/c.ts"],
  },
  {
    title: "no file of src says what its layer must not",
    check: (files) => sources(files).flatMap((file) => barredWords.flatMap((bar) => saidBy(file, bar))),
    planted: {
      [`${server}calls/presence.ts`]: `const now = Date.now;\nsetTimeout(beat, 1); // setInterval is a comment`,
      [`${server}service.ts`]: `setTimeout(stop, 1);\nconst home = \`the process. \${process.env["HOME"]}\`;`,
      [`${server}commands/main.ts`]: `process.exitCode = 2;\nconsole.log("done"); /* console.error */`,
      [`${server}settings/help.ts`]: `const text = "ends the process. Not console.log";\nconst quote = /"/; process.exit(1);`,
    },
    caught: [
      "packages/server/src/calls/presence.ts says Date.now: the rules are handed time and chance",
      "packages/server/src/calls/presence.ts says setTimeout: the rules are handed time and chance",
      "packages/server/src/service.ts says process.env: only commands and the descriptor limit touch the process",
      "packages/server/src/commands/main.ts says console.log: what is worth telling is reported",
      "packages/server/src/settings/help.ts says process.exit: only commands and the descriptor limit touch the process",
    ],
  },
];

/** Comments, strings, templates and, where an operand may stand, regular expressions: what is no code, or hides some. */
const commentOrLiteral =
  /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|(?<=[=(,:!&|?[]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

const importSpecifier =
  /\b(?:import|export)\b[^;"'()]*?\bfrom\s*"([^"]+)"|\bimport\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g;

const files = [...(await filesOf("packages")), ...(await filesOf("demo"))];

for (const { title, check, planted, caught } of rules) {
  test(`architecture › ${title}`, () => {
    const broken = check(files);
    assert.ok(broken.length === 0, `\n${broken.join("\n")}`);
  });

  test(`architecture › the check that ${title} finds what is planted, and no more`, () => {
    assert.deepEqual(check(Object.entries(planted).map(([path, text]) => readSource(path, text))), caught);
  });
}

function inServer(name: string): string {
  return `${server}${name}`;
}

type Part = {
  readonly level: number;
  readonly paths: readonly string[];
  readonly packages?: readonly string[];
  readonly only?: readonly string[];
};

type BarredWords = {
  readonly rule: string;
  readonly words: RegExp;
  readonly barredFrom: (path: string) => boolean;
};

type Rule = {
  readonly title: string;
  readonly check: (files: readonly SourceFile[]) => string[];
  readonly planted: Readonly<Record<string, string>>;
  readonly caught: readonly string[];
};

type SourceFile = {
  /** From the root, as in `packages/server/src/service.ts`. */
  readonly path: string;
  /** The text without comments and without what its strings say. */
  readonly code: string;
  /** Packages by name, files by their path from the root. */
  readonly imports: readonly string[];
};

async function filesOf(folder: string): Promise<SourceFile[]> {
  const root = dirname(import.meta.dirname);
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith(".ts") && !/(?:^|\/)(?:node_modules|dist)\//.test(name))
    .map((name) => readSource(`${folder}/${name}`, readFileSync(join(root, folder, name), "utf8")));
}

function readSource(path: string, text: string): SourceFile {
  const uncommented = text.replaceAll(commentOrLiteral, (token) => (/^\/[/*]/.test(token) ? "" : token));
  const specifiers = [...uncommented.matchAll(importSpecifier)].map(
    ([, from, bare, called]) => from ?? bare ?? called ?? "",
  );
  return {
    path,
    code: text.replaceAll(commentOrLiteral, codeWithin),
    imports: specifiers.map((name) =>
      name.startsWith(".") ? posix.join(posix.dirname(path), name) : (workspaces.get(name) ?? name),
    ),
  };
}

/** A template holds code between its braces, the other tokens none. */
function codeWithin(token: string): string {
  return token.startsWith("`")
    ? [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code).join(";")
    : '""';
}

function sources(all: readonly SourceFile[]): readonly SourceFile[] {
  return all.filter((file) => /^(?:packages\/[^/]+|demo)\/src\//.test(file.path));
}

function partOf(path: string): Part | undefined {
  return parts.find((part) =>
    part.paths.some((own) => (own.endsWith("/") ? path.startsWith(own) : path === own)),
  );
}

function directionOf(file: SourceFile, target: string): string[] {
  const from = partOf(file.path);
  if (from === undefined) return [];
  const name = from.paths.join(", ");
  const wrong = (rule: string): string[] => [`${file.path} imports ${target}: ${rule}`];

  if (!target.endsWith(".ts")) {
    const allowed = from.packages?.includes(target) ?? true;
    return allowed ? [] : wrong(`${name} takes ${from.packages?.join(", ") || "no package"}`);
  }
  const to = partOf(target);
  if (to === undefined) return wrong("it lies in no part of the table of layers");
  if (to === from) {
    const [own, other] = [posix.dirname(file.path), posix.dirname(target)].map((folder) => `${folder}/`);
    return areNeighbours(own, other) ? wrong("what neighbours share lies above both") : [];
  }
  if (from.only !== undefined && !from.only.some((path) => to.paths.includes(path))) {
    return wrong(`${name} imports only ${from.only.join(", ")}`);
  }
  return to.level < from.level ? [] : wrong(`level ${from.level} imports only what lies below it`);
}

/** Two folders of one part of which neither holds the other, as a part's adapters. */
function areNeighbours(own = "", other = ""): boolean {
  return !own.startsWith(other) && !other.startsWith(own);
}

/** One message for each circle, named by its first file in the order of reading. */
function circles(all: readonly SourceFile[]): string[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const told = new Set<string>();
  return all.flatMap((start) => {
    const circle = wayBack(start.path, byPath);
    if (circle === undefined || told.has(start.path)) return [];
    for (const path of circle) told.add(path);
    return [`${start.path} imports itself by way of ${circle.slice(1).join(", ")}`];
  });
}

/** The shortest way from a file by its imports to itself. */
function wayBack(start: string, byPath: ReadonlyMap<string, SourceFile>): readonly string[] | undefined {
  const seen = new Set<string>();
  const ways = [[start]];
  for (const way of ways) {
    for (const next of byPath.get(way.at(-1) ?? start)?.imports ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

function saidBy(file: SourceFile, { rule, words, barredFrom }: BarredWords): string[] {
  if (!barredFrom(file.path)) return [];
  return [...file.code.matchAll(words)].map(([said]) => `${file.path} says ${said}: ${rule}`);
}
