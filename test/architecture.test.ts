import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import test from "node:test";

/**
 * The layers of ARCHITECTURE.md, lowest first. A part imports itself and what lies on strictly lower levels, so never
 * a neighbour on its own level. `only` and `packages` narrow that; without them any lower part, any package.
 */
const parts: readonly Part[] = [
  { level: 0, paths: ["protocol/"], packages: [] },
  { level: 1, paths: ["calls/"], packages: [] },
  { level: 2, paths: ["backends/"] },
  { level: 2, paths: ["telemetry/"] },
  { level: 3, paths: ["transports/"] },
  { level: 3, paths: ["guards/"] },
  { level: 4, paths: ["admin/"] },
  { level: 4, paths: ["settings/"] },
  {
    level: 5,
    paths: ["service.ts", "descriptor-limit.ts", "ice-rules.ts", "page-files.ts", "read-secret.ts"],
  },
  { level: 6, paths: ["cli.ts"] },
  { level: 6, paths: ["index.ts"] },
  { level: 6, paths: ["client/"], packages: [], only: ["protocol/"] },
  { level: 7, paths: ["page/"], packages: [], only: ["client/", "protocol/"] },
];

/** What code does not say: by rule, the words and the files of `src` they are barred from. */
const barredWords: readonly BarredWords[] = [
  {
    rule: "the rules are handed time and chance",
    words: /\b(?:setTimeout|setInterval|setImmediate|Date\.now|performance\.now|Math\.random|new Date\(\))/g,
    barredFrom: (path) => path.startsWith("protocol/") || path.startsWith("calls/"),
  },
  {
    rule: "only the command and the descriptor limit touch the process",
    words: /\bprocess\.\w+/g,
    barredFrom: (path) => path !== "cli.ts" && path !== "descriptor-limit.ts",
  },
  { rule: "what is worth telling is reported", words: /\bconsole\.\w+/g, barredFrom: () => true },
];

const longest = { src: 250, test: 400 };

/** Every rule, with files that break it and what the check has to say of them. */
const rules: readonly Rule[] = [
  {
    title: "every file of src has a layer",
    check: (files) =>
      sources(files)
        .filter((file) => partOf(file.path) === undefined)
        .map((file) => `${file.path} lies in no part of the table of layers`),
    planted: { "src/utils/pick.ts": "", "src/protocol.ts": "", "src/calls/join.ts": "" },
    caught: [
      "src/utils/pick.ts lies in no part of the table of layers",
      "src/protocol.ts lies in no part of the table of layers",
    ],
  },
  {
    title: "imports run downward only",
    check: (files) =>
      sources(files).flatMap((file) => file.imports.flatMap((target) => directionOf(file, target))),
    planted: {
      "src/protocol/messages.ts": `import { constants } from "node:os";`,
      "src/calls/join.ts": `import type { Wheel } from "../transports/websocket/wheel.ts";\nimport "pino";`,
      "src/calls/signal.ts": `import {\n  a,\n  b,\n} from "../protocol/messages.ts"; // from "../cli.ts"\nimport "./join.ts";`,
      "src/backends/fan-out.ts": `export * from "../telemetry/log.ts";`,
      "src/transports/http/server.ts": `import { a } from "../frames.ts";\nimport { Wheel } from "../websocket/wheel.ts";`,
      "src/settings/read.ts": `const admin = await import("../admin/server.ts");`,
      "src/service.ts": `import "./descriptor-limit.ts";\nimport "node:http";\nimport "../test/support/serve.ts";`,
      "src/client/peer.ts": `import "../protocol/closes.ts";\nimport "../calls/join.ts";`,
      "src/page/main.ts": `import "../client/index.ts";\nimport "../page-files.ts";`,
    },
    caught: [
      "src/protocol/messages.ts imports node:os: protocol/ takes no package",
      "src/calls/join.ts imports src/transports/websocket/wheel.ts: level 1 imports only what lies below it",
      "src/calls/join.ts imports pino: calls/ takes no package",
      "src/backends/fan-out.ts imports src/telemetry/log.ts: level 2 imports only what lies below it",
      "src/transports/http/server.ts imports src/transports/websocket/wheel.ts: what neighbours share lies above both",
      "src/settings/read.ts imports src/admin/server.ts: level 4 imports only what lies below it",
      "src/service.ts imports test/support/serve.ts: it lies in no part of the table of layers",
      "src/client/peer.ts imports src/calls/join.ts: client/ imports only protocol/",
      "src/page/main.ts imports src/page-files.ts: page/ imports only client/, protocol/",
    ],
  },
  {
    title: "no imports run in a circle",
    check: (files) => circles(sources(files)),
    planted: {
      "src/calls/a.ts": `import type { B } from "./b.ts";`,
      "src/calls/b.ts": `import { c } from "./c.ts";`,
      "src/calls/c.ts": `import "./b.ts";\nimport "./d.ts";`,
      "src/calls/d.ts": `// import "./a.ts";`,
    },
    caught: ["src/calls/b.ts imports itself by way of src/calls/c.ts"],
  },
  {
    title: "no file of src says what its layer must not",
    check: (files) => sources(files).flatMap((file) => barredWords.flatMap((bar) => saidBy(file, bar))),
    planted: {
      "src/calls/presence.ts": `const now = Date.now;\nsetTimeout(beat, 1); // setInterval is a comment`,
      "src/service.ts": `setTimeout(stop, 1);\nconst home = \`the process. \${process.env["HOME"]}\`;`,
      "src/cli.ts": `process.exitCode = 2;\nconsole.log("done"); /* console.error */`,
      "src/settings/help.ts": `const text = "ends the process. Not console.log";\nconst quote = /"/; process.exit(1);`,
    },
    caught: [
      "src/calls/presence.ts says Date.now: the rules are handed time and chance",
      "src/calls/presence.ts says setTimeout: the rules are handed time and chance",
      "src/service.ts says process.env: only the command and the descriptor limit touch the process",
      "src/cli.ts says console.log: what is worth telling is reported",
      "src/settings/help.ts says process.exit: only the command and the descriptor limit touch the process",
    ],
  },
  {
    title: "no file is too long to hold in mind",
    check: (files) => files.flatMap(tooLong),
    planted: {
      "src/calls/join.ts": "\n".repeat(250),
      "src/calls/leave.ts": "\n".repeat(251),
      "test/calls/join.test.ts": "\n".repeat(400),
      "test/calls/leave.test.ts": "\n".repeat(401),
    },
    caught: [
      "src/calls/leave.ts has 251 lines: a file of src has at most 250",
      "test/calls/leave.test.ts has 401 lines: a file of test has at most 400",
    ],
  },
];

/** Comments, strings, templates and, where an operand may stand, regular expressions: what is no code, or hides some. */
const commentOrLiteral =
  /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|(?<=[=(,:!&|?[]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

const importSpecifier =
  /\b(?:import|export)\b[^;"'()]*?\bfrom\s*"([^"]+)"|\bimport\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g;

const files = [...(await filesOf("src")), ...(await filesOf("test"))];

for (const { title, check, planted, caught } of rules) {
  test(`architecture › ${title}`, () => {
    const broken = check(files);
    assert.ok(broken.length === 0, `\n${broken.join("\n")}`);
  });

  test(`architecture › the check that ${title} finds what is planted, and no more`, () => {
    assert.deepEqual(check(Object.entries(planted).map(([path, text]) => readSource(path, text))), caught);
  });
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
  /** From the root, as in `src/cli.ts`. */
  readonly path: string;
  readonly lines: number;
  /** The text without comments and without what its strings say. */
  readonly code: string;
  /** Packages by name, files by their path from the root. */
  readonly imports: readonly string[];
};

async function filesOf(folder: string): Promise<SourceFile[]> {
  const root = dirname(import.meta.dirname);
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readSource(`${folder}/${name}`, readFileSync(join(root, folder, name), "utf8")));
}

function readSource(path: string, text: string): SourceFile {
  const uncommented = text.replaceAll(commentOrLiteral, (token) => (/^\/[/*]/.test(token) ? "" : token));
  const specifiers = [...uncommented.matchAll(importSpecifier)].map(
    ([, from, bare, called]) => from ?? bare ?? called ?? "",
  );
  return {
    path,
    lines: text.split("\n").length - 1,
    code: text.replaceAll(commentOrLiteral, codeWithin),
    imports: specifiers.map((name) => (name.startsWith(".") ? posix.join(posix.dirname(path), name) : name)),
  };
}

/** A template holds code between its braces, the other tokens none. */
function codeWithin(token: string): string {
  return token.startsWith("`")
    ? [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code).join(";")
    : '""';
}

function sources(all: readonly SourceFile[]): readonly SourceFile[] {
  return all.filter((file) => file.path.startsWith("src/"));
}

function partOf(path: string): Part | undefined {
  return parts.find((part) =>
    part.paths.some((own) => (own.endsWith("/") ? path.startsWith(`src/${own}`) : path === `src/${own}`)),
  );
}

function directionOf(file: SourceFile, target: string): string[] {
  const from = partOf(file.path);
  if (from === undefined) return [];
  const name = from.paths.join(", ");
  const wrong = (rule: string): string[] => [`${file.path} imports ${target}: ${rule}`];

  if (!target.startsWith("src/") && !target.endsWith(".ts")) {
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
  if (!barredFrom(file.path.slice("src/".length))) return [];
  return [...file.code.matchAll(words)].map(([said]) => `${file.path} says ${said}: ${rule}`);
}

function tooLong({ path, lines }: SourceFile): string[] {
  const folder = path.startsWith("src/") ? "src" : "test";
  const most = longest[folder];
  return lines > most ? [`${path} has ${lines} lines: a file of ${folder} has at most ${most}`] : [];
}
