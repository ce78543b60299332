import assert from "node:assert/strict";
import test from "node:test";
import { readOptions } from "../../faults/options.ts";

const rows = [
  { name: "one", does: "breaks one thing" },
  { name: "another", does: "breaks another" },
];

const cases = [
  { args: [], read: { only: ["one", "another"], times: 5, seed: 7 } },
  {
    args: ["--only", "one", "--times", "2", "--seed", "20261123"],
    read: { only: ["one"], times: 2, seed: 20261123 },
  },
  { args: ["--times", "0"], says: "--times: 0 is no count from 1" },
  { args: ["--times", "often"], says: "--times: often is no count from 1" },
  { args: ["--seed", "-1"], says: "Option '--seed' argument is ambiguous" },
  { args: ["--seed", "x"], says: "--seed: x is no number of at most ten digits" },
  { args: ["--only", "one", "--only", "two"], says: "--only: there is no row two" },
  { args: ["--often"], says: "Unknown option '--often'" },
  { args: ["one"], says: "Unexpected argument 'one'" },
] as const;

for (const one of cases)
  test(`faults › the flags ${one.args.join(" ") || "(none)"} are ${"read" in one ? "read" : "refused in a sentence"}`, () => {
    const reading = readOptions(one.args, rows, 7);
    if ("read" in one) return assert.deepEqual(reading, one.read);
    assert.deepEqual(reading, { text: `${one.says}; --help tells more`, exitCode: 2 });
  });

test("faults › --help says what each flag and each row does", () => {
  const answer = readOptions(["--help", "--times", "0"], rows, 7);
  assert.ok("text" in answer && answer.exitCode === 0);
  for (const { name, does } of rows) assert.match(answer.text, new RegExp(`^${name} +${does}$`, "m"));
  for (const flag of ["--only", "--times", "--seed"]) assert.match(answer.text, new RegExp(`^${flag} `, "m"));
});
