// The reporter of `npm test`: each failure in full as it happens, one line per test file as it ends, then the failed
// tests once more by title, and `N passed, N failed, N skipped` alone on the last line. It is one reporter and not a
// line beside node's own, because node does not order two reporters that write to the same stream.
//
// It counts from `test:enqueue` and `test:complete`, which arrive as things happen, and not from node's own totals:
// those take a file that ends early with exit code 0 for passed, and a file without a test for a passed test. Only a
// file that ran to its end sends a `test:summary`.
import { subscribe } from "node:diagnostics_channel";
import { relative, resolve } from "node:path";
import { inspect } from "node:util";

/** How long a file may keep running when all its tests have ended. Longer than an idle keep-alive socket of fetch. */
const leftOpenMs = 15_000;
/** How long a file may be silent while a test runs. Longer than `--test-timeout`, which must get its chance first. */
const silentMs = 360_000;
/** How much of what a failed file wrote is shown: its end. */
const outputLength = 16_384;

export default async function* report(events) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const files = new Map();
  const failures = [];

  function* count(file, { outcome, title, error }) {
    totals[outcome]++;
    file[outcome]++;
    if (outcome !== "failed") return;
    failures.push(`✖ ${title}`);
    yield `✖ ${title}\n${indent(describeError(error))}\n`;
  }

  for await (const { type, data } of events) {
    const path = data.entryFile ?? data.file;
    if (path === undefined) continue;
    if (!files.has(path)) files.set(path, newFile(path));
    const file = files.get(path);
    const settled =
      data.entryFile === undefined ? readFileEvent(file, type, data) : readTestEvent(file, type, data);

    for (const one of settled) yield* count(file, one);
    if (data.entryFile === undefined && type === "test:complete")
      yield fileLine(file, data.details.duration_ms);
  }

  for (const file of files.values()) {
    const isUnexplained = !file.isSummarised && file.failed === 0;
    if (isUnexplained)
      yield* count(file, failure(file.name, "the file ended before its tests, or holds none"));
    if (file.failed > 0 && file.output !== "") yield `\n${file.name} wrote:\n${indent(file.output)}\n`;
  }
  if (failures.length > 0) yield `\n${failures.join("\n")}\n`;
  if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;
  yield `\n${countsOf(totals)}\n`;
}

function newFile(path) {
  return {
    path,
    name: relative(process.cwd(), path),
    titles: new Map(),
    running: new Map(),
    passed: 0,
    failed: 0,
    skipped: 0,
    output: "",
    hasEnded: false,
    isSummarised: false,
    stopped: undefined,
    watchdog: undefined,
  };
}

/** What happens inside a file: its tests, its suites, what it writes. Returns what this settled. */
function readTestEvent(file, type, data) {
  switch (type) {
    case "test:enqueue":
      file.running.set(data.testId, titleOf(file, data));
      watch(file);
      return [];
    case "test:complete": {
      file.running.delete(data.testId);
      watch(file);
      const outcome = outcomeOf(data);
      return outcome === undefined
        ? []
        : [{ outcome, title: titleOf(file, data), error: data.details.error }];
    }
    case "test:fail":
      // A hook of the file itself: it has no number, and no `test:complete`.
      if (data.testId !== undefined) return [];
      return [failure(`${file.name} › a hook of the file`, data.details.error)];
    case "test:summary":
      file.isSummarised = true;
      return [];
    case "test:stdout":
    case "test:stderr":
    case "test:diagnostic":
      file.output = `${file.output}${data.message.trimEnd()}\n`.slice(-outputLength);
      return [];
    default:
      return [];
  }
}

function titleOf(file, { testId, parentId, name }) {
  if (!file.titles.has(testId))
    file.titles.set(testId, `${file.titles.get(parentId) ?? file.name} › ${name}`);
  return file.titles.get(testId);
}

/** A suite counts where its tests can't speak for it: when it is skipped, or when its own body or hook fails. */
function outcomeOf({ details, skip, todo }) {
  if (skip !== undefined || todo !== undefined) return "skipped";
  if (details.type !== "suite") return details.error === undefined ? "passed" : "failed";
  return details.error === undefined || details.error.failureType === "subtestsFailed" ? undefined : "failed";
}

/** What happens to a file as a whole. At its end, whatever it owes and did not settle has failed. */
function readFileEvent(file, type, { details }) {
  if (type === "test:dequeue") watch(file);
  if (type !== "test:complete") return [];
  clearTimeout(file.watchdog);
  file.hasEnded = true;

  const { error } = details;
  const exit = error?.signal ?? `exit code ${error?.exitCode ?? 0}`;
  if (file.running.size > 0) {
    return innermost([...file.running.values()]).map((title) =>
      failure(title, file.stopped ?? `did not finish: the file ended first, with ${exit}`),
    );
  }
  // "subtestsFailed" means that tests of the file failed, which are counted already.
  if (error === undefined || error.failureType === "subtestsFailed") return [];
  return [failure(file.name, file.stopped ?? `the file ended with ${exit}`)];
}

function failure(title, error) {
  return { outcome: "failed", title, error };
}

/** Of suites and their tests, the tests. */
function innermost(titles) {
  return titles.filter((title) => !titles.some((other) => other.startsWith(`${title} › `)));
}

/** Node's `--test-timeout` ends a test, never the process of its file: a timer left behind would hold `npm test` forever. */
function watch(file) {
  clearTimeout(file.watchdog);
  if (file.hasEnded) return;
  const idle = file.titles.size > 0 && file.running.size === 0;
  file.watchdog = setTimeout(
    () => {
      file.stopped = idle
        ? `stopped ${leftOpenMs / 1000} s after the last test ended: a timer, socket or process is left open`
        : `stopped after ${silentMs / 1000} s without a sign of life`;
      for (const child of children) if (runs(child, file)) end(child);
    },
    idle ? leftOpenMs : silentMs,
  );
}

/** The processes of the test files, which node's runner starts and names nowhere else. */
const children = new Set();
subscribe("child_process", ({ process: child }) => {
  children.add(child);
  child.once("exit", () => children.delete(child));
});

function runs(child, file) {
  return child.spawnargs?.some((argument) => resolve(argument) === file.path) ?? false;
}

/** A process that it started may hold its output open, for which the runner would wait. */
function end(child) {
  child.kill("SIGKILL");
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function fileLine(file, durationMs) {
  return `${file.failed > 0 ? "✖" : "✔"} ${file.name}: ${countsOf(file)} (${Math.round(durationMs)} ms)\n`;
}

function countsOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Without node's wrapping, without its own stack frames, and of an assertion no more than its message and its place. */
function describeError(error) {
  const cause = error?.cause ?? error;
  const isTold = typeof cause === "string" || cause?.code === "ERR_ASSERTION";
  const text = isTold ? (cause.stack ?? cause) : inspect(cause);
  return text.replaceAll(/\n +at [^\n]*node:internal[^\n]*?( \{)?$/gm, "$1");
}

function indent(text) {
  return text.trimEnd().replaceAll(/^(?=.)/gm, "    ");
}
