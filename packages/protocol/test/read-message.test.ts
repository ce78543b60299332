import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { bodyLiteral } from "../src/body-literal.ts";
import { callNameProblem } from "../src/call-name.ts";
import { readIntroduction, readMessage } from "../src/read-message.ts";

const whole = { kind: "OFFER", call: "tea", session: "s", body: "b" };

test("message › its four strings and its seq are read, unknown fields are not", () => {
  const text = JSON.stringify({ ...whole, seq: 7, extra: [1, { deep: true }] });
  assert.deepEqual(readMessage(text), { ...whole, seq: 7 });
});

test("message › of a field given twice the last counts", () => {
  const text = '{"kind":"OFFER","call":"tea","call":"coffee","session":"s","body":"1","body":"2"}';
  assert.deepEqual(readMessage(text), { ...whole, call: "coffee", body: "2", seq: undefined });
});

test("message › what is wrong with one is said", () => {
  const cases: readonly (readonly [text: string, problem: RegExp])[] = [
    ["", /not valid JSON/],
    ["{", /not valid JSON/],
    [`${JSON.stringify(whole)}x`, /not valid JSON/],
    ["[]", /not a JSON object/],
    ["null", /not a JSON object/],
    ['"text"', /not a JSON object/],
    [JSON.stringify({ ...whole, kind: 1 }), /kind/],
    [JSON.stringify({ ...whole, kind: "" }), /kind/],
    [JSON.stringify({ ...whole, call: null }), /call/],
    [JSON.stringify({ ...whole, call: "" }), /call's name is empty/],
    [JSON.stringify({ ...whole, call: "a\n" }), /control character/],
    [JSON.stringify({ ...whole, session: undefined }), /session/],
    [JSON.stringify({ ...whole, session: "" }), /session/],
    ['{"kind":"OFFER","call":"tea","session":"s","body":"\\ud800"}', /lone surrogate/],
    ['{"kind":"OFFER","call":"tea","session":"s","body":"b","x":[{"\\udc00":1}]}', /lone surrogate/],
  ];
  for (const [text, problem] of cases) {
    const answer = readMessage(text);
    assert.ok(typeof answer === "string", text);
    assert.match(answer, problem, text);
  }
});

test("message › JSON nested deeper than the stack is read", () => {
  const deep = `${"[".repeat(30_000)}"\\u0041"${"]".repeat(30_000)}`;
  const answer = readMessage(`{"kind":"OFFER","call":"tea","session":"s","body":"b","x":${deep}}`);
  assert.ok(typeof answer === "object");
});

test("introduction › absent or empty is none, anything but a string is refused", () => {
  assert.deepEqual(readIntroduction("{}"), { body: undefined });
  assert.deepEqual(readIntroduction('{"body":""}'), { body: undefined });
  assert.deepEqual(readIntroduction('{"body":"I am one","kind":1}'), { body: "I am one" });
  assert.equal(typeof readIntroduction('{"body":null}'), "string");
  assert.equal(typeof readIntroduction('"body"'), "string");
});

test("call name › 1 to 256 bytes of UTF-8 without control characters", () => {
  for (const name of ["a", "..", " ", "a/b", "é".repeat(128), "😀".repeat(64), "x".repeat(256), "\u2028"]) {
    assert.equal(callNameProblem(name), undefined, name);
  }
  for (const name of ["", "\0", "a\x1f", "\x7f", "\u0085", "é".repeat(129), "x".repeat(257), "\ud800"]) {
    assert.equal(typeof callNameProblem(name), "string", JSON.stringify(name));
  }
});

const literalOf = (text: string): string | undefined => {
  const literal = bodyLiteral(Buffer.from(text));
  return literal === undefined ? undefined : Buffer.from(literal).toString();
};

test("body › its literal is found as it came, whatever stands around it", () => {
  const cases: readonly (readonly [text: string, literal: string | undefined])[] = [
    ['{"body":"b"}', '"b"'],
    ['{ "x" : {"body":"no"} , "body" : "\\"quoted\\" \\\\" }', '"\\"quoted\\" \\\\"'],
    ['{"body":"first","x":[1,"}",{"y":"]"}],"body":"last"}', '"last"'],
    ['{"b\\u006fdy":"escaped key"}', '"escaped key"'],
    ['\n\t{"x":-1.5e3,"y":null,\r"body":"\\u0041 é 😀"}\n', '"\\u0041 é 😀"'],
    ["{}", undefined],
    ['{"nobody":"x","bod":"y","body ":"z"}', undefined],
  ];
  for (const [text, literal] of cases) assert.equal(literalOf(text), literal, text);
});

test("body › its literal always says what JSON.parse reads", () => {
  const json = fc.dictionary(fc.oneof(fc.constantFrom("body", "kind", "x"), fc.string()), fc.jsonValue());
  fc.assert(
    fc.property(
      json,
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(undefined, 1, "\t"),
      (value, body, space) => {
        const text = JSON.stringify({ ...value, body }, null, space);
        assert.equal(JSON.parse(literalOf(text) ?? "null"), body);
      },
    ),
    { numRuns: 500 },
  );
});
