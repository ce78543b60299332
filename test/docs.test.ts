import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join as joinPath, posix } from "node:path";
import test from "node:test";
import { pages } from "../packages/server/src/admin/pages.ts";
import { closes, commonRefusals, endpoints, messages, problems } from "webrtc-signals-protocol";
import { envOf, rangeOf, type Row } from "../packages/server/src/settings/row.ts";
import { rows } from "../packages/server/src/settings/rows.ts";
import { serve } from "../lab/wire/serve.ts";
import { join, post, TestPeer, type Ticket } from "../lab/wire/test-peer.ts";

/** A signal as a client posts it. */
type Signal = {
  readonly kind: string;
  readonly call: string;
  readonly session: string;
  readonly body: string;
};

/** A document: its path from the root, and its text. */
type Document = { readonly path: string; readonly text: string };

const root = dirname(import.meta.dirname);
const documents = [
  ...readdirSync(root),
  ...readdirSync(joinPath(root, "docs"), { recursive: true }).map((name) => posix.join("docs", String(name))),
]
  .filter((path) => path.endsWith(".md"))
  .map((path) => documentAt(path));

const readme = documentAt("README.md");
const protocol = documentAt("PROTOCOL.md");
const architecture = documentAt("ARCHITECTURE.md");

test("docs › the README's table of settings is the table in the code", () => {
  assertTable(readme, ["flag", "environment", "default", "meaning"], rows.map(settingCells));
});

test("docs › the README's table of admin pages is the table in the code", () => {
  assertTable(
    readme,
    ["path", "answers"],
    pages.map(({ path, summary }) => [code(path), summary]),
  );
});

for (const document of [readme, protocol])
  test(`docs › the endpoints in ${document.path} are the table in the code`, () => {
    const cells = Object.entries(endpoints).map(([path, { methods, does }]) => {
      return [methods.map(code).join(", "), code(path), does];
    });
    assertTable(document, ["method", "endpoint", "does"], cells);
  });

test("docs › the kinds of messages in PROTOCOL.md are the table in the code", () => {
  const cells = Object.entries(messages).map(([kind, { from, on, body }]) => [code(kind), from, on, body]);
  assertTable(protocol, ["kind", "from", "on", "body"], cells);
});

test("docs › the close codes in PROTOCOL.md are the table in the code", () => {
  const cells = Object.entries(closes).map(([reason, row]) => {
    return [String(row.code), code(reason), row.when, row.advice];
  });
  assertTable(protocol, ["code", "reason", "when", "do"], cells);
});

test("docs › PROTOCOL.md explains each advice that a close gives, and no other", () => {
  const given = new Set<string>(Object.values(closes).map(({ advice }) => advice));
  const explained = tableOf(protocol, ["do", "what it means"]).map(([advice = ""]) => advice);
  assertSame("PROTOCOL.md, table of advice", explained.toSorted(), [...given].toSorted());
});

test("docs › the problems in PROTOCOL.md are the table in the code", () => {
  const cells = Object.entries(problems).map(([name, row]) => {
    const retryAfter = "retryAfter" in row ? String(row.retryAfter) : "";
    return [code(name), String(row.status), row.title, retryAfter];
  });
  assertTable(protocol, ["code", "status", "title", "Retry-After"], cells);
});

test("docs › each endpoint's table gives its problems the statuses they have", () => {
  const statuses = new Map<string, string>(
    Object.entries(problems).map(([name, { status }]) => [code(name), String(status)]),
  );
  const answers = tablesOf(protocol, ["status", "code", "when"]).flat();
  assert.ok(answers.length > 0, "PROTOCOL.md has no table of an endpoint's statuses");
  const wrong = answers.flatMap(([status = "", codes = ""]) =>
    codes
      .split(", ")
      .filter((name) => name !== "" && statuses.get(name) !== status)
      .map((name) => `PROTOCOL.md has ${name} with status ${status}, the code ${statuses.get(name)}`),
  );
  assertNone(wrong);
});

test("docs › the endpoints' tables in PROTOCOL.md name the refusals of their rows, and no others", () => {
  const common = new Set<string>([...commonRefusals, "not_found"]);
  for (const [path, { methods, refusals }] of Object.entries(endpoints)) {
    const sections = methods.map((method) => sectionOf(protocol, `### ${code(`${method} ${path}`)}`));
    const named = tablesOf({ ...protocol, text: sections.join("\n") }, ["status", "code", "when"])
      .flat()
      .flatMap(([, codes = ""]) => codes.replaceAll("`", "").split(", "))
      .filter((name) => name !== "" && !common.has(name));
    assertSame(`PROTOCOL.md, ${path}`, [...new Set(named)].toSorted(), [...refusals].toSorted());
  }
});

test("docs › the map in ARCHITECTURE.md names every folder of src, and nothing that is not there", () => {
  const named = tableOf(architecture, ["level", "part", "what it holds"]).map(([, part = ""]) => part);
  const roots = ["packages/protocol/src", "packages/server/src", "packages/client/src", "demo/src"];
  const folders = roots.flatMap((folder) =>
    readdirSync(joinPath(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => code(`${posix.join(entry.parentPath, entry.name).slice(root.length + 1)}/`)),
  );
  const leaves = ["packages/protocol/src", "packages/client/src", "demo/src"].map((folder) =>
    code(`${folder}/`),
  );
  assertSame(
    "ARCHITECTURE.md, map",
    named.filter((part) => part.endsWith("/`")).toSorted(),
    [...leaves, ...folders].toSorted(),
  );
});

test("docs › every path of the repository that a document names is there", () => {
  const paths =
    /(?<![\w/.-])(?:packages|demo|lab|test|scripts|docs|examples|conformance|\.ci)\/(?:[\w./-]*[\w/])?/g;
  const built = /^packages\/\w+\/dist\//;
  assertNone(
    documents.flatMap(({ path, text }) =>
      [...text.matchAll(paths)]
        .filter(([named]) => !built.test(named) && !existsSync(joinPath(root, named)))
        .map(([named]) => `${path} names ${named}, which is not there`),
    ),
  );
});

test("docs › every link within the repository leads to a file, and to a heading where it names one", () => {
  assertNone(
    documents.flatMap((document) => linksOf(document).flatMap((link) => brokenLink(document, link))),
  );
});

test("docs › the index of decisions lists every decision by its title", () => {
  const decisions = documents
    .filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path))
    .toSorted((one, other) => one.path.localeCompare(other.path));
  const titles = decisions.map(({ path, text }) => {
    const [, number = "", title = ""] = /^# (\d{4}): (.+)\n/.exec(text) ?? [];
    assert.ok(
      path.startsWith(`docs/decisions/${number}-`),
      `${path} does not begin with its number and title`,
    );
    return [number, title];
  });
  assertTable(documentAt("docs/decisions/README.md"), ["number", "decision"], titles);
});

test("docs › every example in JSON parses", () => {
  const broken = documents.flatMap(({ path, text }) =>
    jsonIn(text)
      .filter((example) => parsed(example) === undefined)
      .map((example) => `${path} has an example that is no JSON: ${example}`),
  );
  assertNone(broken);
});

test("docs › every npm script and every flag that the documents give is there", () => {
  const manifest: { scripts: object } = JSON.parse(documentAt("package.json").text);
  const known = new Set<string>([...rows.map(({ flag }) => flag), "help", "version"]);
  const forUsers = ["README.md", "PROTOCOL.md", "CHANGELOG.md", "SECURITY.md"].map(documentAt);
  assertNone([
    ...documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run ([\w:-]+)/g)]
        .filter(([, script = ""]) => !(script in manifest.scripts))
        .map(([command]) => `${path} gives ${command}, which is not there`),
    ),
    ...forUsers.flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)]
        .filter(([, flag = ""]) => !known.has(flag))
        .map(([given]) => `${path} gives ${given}, which is no flag`),
    ),
  ]);
});

test("docs › the README's call by the client is the one that docs/client.md begins with", () => {
  const [, call = ""] = /```js\n([^]*?)```/.exec(documentAt("docs/client.md").text) ?? [];
  assert.ok(call !== "" && readme.text.includes(call), `README.md lacks ${call}`);
});

test("docs › the frames of the first call in PROTOCOL.md are those of a real one", async (t) => {
  const shown = jsonIn(sectionOf(protocol, "## A first call, frame by frame")).map(parsed);
  const [introduction, offer, answer] = [3, 4, 7].map((at) => bodyOf(shown[at]));
  const { url } = await serve(t);
  const one = await join(url, "tea");
  const first = await TestPeer.attach(url, one);
  const two = await join(url, "tea", introduction);
  const peer = await first.next();
  const offered = await sent(url, one, "OFFER", offer);
  const second = await TestPeer.attach(url, two, 0);
  const heard = await second.next();
  const answered = await sent(url, two, "ANSWER", answer);
  const last = await first.next();
  const left = { kind: "LEAVE", call: two.call, session: two.session };
  assert.equal((await post(url, "/leave", left)).status, 200);
  assert.deepEqual(await second.closed, { code: 1000, reason: "left" });
  const real = [one, first.heard[0], two, peer, offered, second.heard[0], heard, answered, last, left];
  assertSame("PROTOCOL.md, the first call", masked(shown), masked(real));
});

test("docs › the events in PROTOCOL.md are those that a seed client and a resuming one hear", async (t) => {
  const [seedFrames = [], resumingFrames = []] = jsonLinesIn(sectionOf(protocol, "### Events"));
  const [introduction = "", ...bodies] = seedFrames.slice(1).map(bodyOf);
  const { url } = await serve(t, { seatCount: 4 });
  const tickets = [await join(url, "tea"), await join(url, "tea")] as const;
  const seed = await TestPeer.attach(url, tickets[0]);
  await seed.next();
  const resuming = await TestPeer.attach(url, tickets[1], 0);
  const sender = await join(url, "tea");
  await join(url, "tea", introduction);
  for (const [at, kind] of ["OFFER", "ANSWER", "CANDIDATE"].entries()) {
    await sent(url, sender, kind, bodies[at]);
  }
  assertSame("PROTOCOL.md, events for a seed client", masked(seedFrames), masked(await seed.take(5)));
  const heard = masked(await resuming.take(5));
  assertSame("PROTOCOL.md, events for a resuming client", masked(resumingFrames), heard);
});

test("docs › what the README's run shows is what a real one does", async (t) => {
  const [, transcript = ""] = /```console\n([^]*?)```/.exec(readme.text) ?? [];
  const shown = [...transcript.matchAll(/^(?!\$).*?(\{.*\})$/gm)].map(([, json = ""]) => parsed(json));
  const { url } = await serve(t);
  const one = await join(url, "tea");
  const first = await TestPeer.attach(url, one);
  const two = await join(url, "tea");
  const peer = await first.next();
  // The run's `as` puts the body right after the kind.
  const { kind, body, ...sender } = await sent(url, one, "OFFER", bodyOf(shown[4]));
  const offered = { kind, body, ...sender };
  const second = await TestPeer.attach(url, two);
  const heard = await second.next();
  await sent(url, two, "ANSWER", bodyOf(shown[7]));
  const refusal = await fetch(`${url}/call/tea`);
  const real = [one, first.heard[0], two, peer, offered, second.heard[0], heard, await first.next()];
  assertSame("README.md, the run", masked(shown), masked([...real, await refusal.json()]));
  assertShown(transcript, `${refusal.status} ${refusal.headers.get("content-type")}`);
  const left = { kind: "LEAVE", call: one.call, session: one.session };
  assert.equal((await post(url, "/leave", left)).status, 200);
  const { code: closeCode, reason } = await first.closed;
  assertShown(transcript, `one is closed: ${closeCode} ${reason}`);
});

function settingCells(row: Row): readonly string[] {
  const range = rangeOf(row);
  return [
    code(`--${row.flag}`),
    code(envOf(row)),
    row.default === "" ? "" : code(row.default),
    range === "" ? row.help : `${row.help} (${range})`,
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

function documentAt(path: string): Document {
  return { path, text: readFileSync(joinPath(root, path), "utf8") };
}

/** The rows of the tables of a document that have this header; links count by their text. */
function tablesOf(
  { text }: Document,
  header: readonly string[],
): readonly (readonly (readonly string[])[])[] {
  const head = `${lineOf(header)}\n${lineOf(header.map(() => "---"))}\n`;
  return text
    .split(head)
    .slice(1)
    .map((rest) =>
      (/^(?:\|.*\n)*/.exec(rest)?.[0] ?? "")
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .split("\n")
        .slice(0, -1)
        .map((line) =>
          line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    );
}

function tableOf(document: Document, header: readonly string[]): readonly (readonly string[])[] {
  const [table, another] = tablesOf(document, header);
  assert.ok(table !== undefined, `${document.path} has no table ${lineOf(header)}`);
  assert.ok(another === undefined, `${document.path} has two tables ${lineOf(header)}`);
  return table;
}

function assertTable(
  document: Document,
  header: readonly string[],
  expected: readonly (readonly string[])[],
): void {
  const actual = tableOf(document, header);
  assertSame(`${document.path}, table ${lineOf(header)}`, actual.map(lineOf), expected.map(lineOf));
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
}

/** Says which lines are missing and which are too many, or that only their order is wrong. */
function assertSame(where: string, actual: readonly string[], expected: readonly string[]): void {
  const differences = [
    ...expected.filter((line) => !actual.includes(line)).map((line) => `${where} lacks ${line}`),
    ...actual.filter((line) => !expected.includes(line)).map((line) => `${where} has ${line}`),
  ];
  assertNone(differences);
  assert.deepEqual(actual, expected, `${where} has its lines in another order, or one of them twice`);
}

function assertNone(broken: readonly string[]): void {
  assert.ok(broken.length === 0, `\n${broken.join("\n")}`);
}

function linksOf({ text }: Document): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

function brokenLink({ path }: Document, link: string): string[] {
  if (/^[a-z]+:/.test(link)) return [];
  const [file = "", heading] = link.split("#");
  const target = file === "" ? path : posix.join(posix.dirname(path), file);
  if (!existsSync(joinPath(root, target))) return [`${path} links to ${link}, which is not there`];
  if (heading === undefined || headingsOf(documentAt(target)).includes(heading)) return [];
  return [`${path} links to ${link}, and ${target} has no such heading`];
}

/** The names of headings, as GitHub makes them. */
function headingsOf({ text }: Document): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** A section with its heading, up to the next heading of its own level or above. */
function sectionOf({ path, text }: Document, heading: string): string {
  const [, section] = text.split(`\n${heading}\n`);
  assert.ok(section !== undefined, `${path} has no section ${heading}`);
  const level = heading.indexOf(" ");
  return section.split(new RegExp(`^#{1,${level}} `, "m"), 1).join("");
}

/** Every JSON value shown: a block, or a line of a block of lines. */
function jsonIn(text: string): readonly string[] {
  return [...text.matchAll(/^```(json|jsonl)\n([^]*?)^```$/gm)].flatMap(([, language, block = ""]) =>
    language === "json" ? [block] : block.trimEnd().split("\n"),
  );
}

function jsonLinesIn(text: string): readonly (readonly unknown[])[] {
  return [...text.matchAll(/^```jsonl\n([^]*?)^```$/gm)].map(([, block = ""]) =>
    block.trimEnd().split("\n").map(parsed),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function bodyOf(frame: unknown): string {
  assert.ok(
    typeof frame === "object" && frame !== null && "body" in frame,
    `${JSON.stringify(frame)} is shown where a message with a body stands in a real run`,
  );
  return String(frame.body);
}

function assertShown(transcript: string, line: string): void {
  assert.ok(transcript.includes(`\n${line}\n`), `README.md, the run lacks ${line}`);
}

/** Posts a signal and answers the message as the documents show it. */
async function sent(url: string, { call, session }: Ticket, kind: string, body = ""): Promise<Signal> {
  const message = { kind, call, session, body };
  assert.equal((await post(url, "/signal", message)).status, 200);
  return message;
}

/** Frames as text, with sessions by the order in which they first come and positions from the first one on. */
function masked(frames: readonly unknown[]): readonly string[] {
  const sessions: unknown[] = [];
  let start: number | undefined;
  return frames.map((frame) =>
    JSON.stringify(frame, (key, value: unknown) => {
      if (key === "seq" && typeof value === "number") return value - (start ??= value);
      if (key !== "session") return value;
      if (!sessions.includes(value)) sessions.push(value);
      return `session ${sessions.indexOf(value)}`;
    }),
  );
}
