import type { Random } from "./random.ts";

/** What a message may hold, as the names of its fields and their values. */
export type Fields = Readonly<Record<string, string | number>>;

/** Writes fields as JSON, with something wrong with it, or only odd; one in four stays as it was. */
export function jsonMutant(fields: Fields, random: Random): Buffer {
  const names = Object.keys(fields);
  const text = JSON.stringify(fields);
  const name = random.pick(names);
  if (random.oneIn(4)) return Buffer.from(text);
  switch (random.between(1, 11)) {
    case 1:
      return Buffer.from(text.replace(JSON.stringify(fields[name]), () => random.pick(values)));
    case 2:
      return Buffer.from(withMember(text, `"${name}":${random.pick(values)}`, random));
    case 3:
      return Buffer.from(withMember(text, `${random.pick(keys)}:${random.pick(values)}`, random));
    case 4:
      return Buffer.from(
        withMember(text, `"deep":${nested(random.pick([2, 50, 2000, 7000]), random)}`, random),
      );
    case 5:
      return Buffer.from(withMember(text, `"wide":${wide(random)}`, random));
    case 6:
      return Buffer.from(
        text.replace(`"${name}":${JSON.stringify(fields[name])}`, "").replace(/,,|\{,|,\}/, ","),
      );
    case 7:
      return Buffer.from(escaped(text, random));
    case 8:
      return Buffer.from(
        random.pick([`[${text}]`, `${text}${text}`, `\ufeff${text}`, `"${text}"`, ` ${text}\n`]),
      );
    case 9:
      return Buffer.from(random.pick(wholes));
    case 10:
      return Buffer.from(Buffer.from(text).map((byte) => (random.oneIn(40) ? random.next() : byte)));
    default:
      return Buffer.from(
        withMember(text, `"size":"${"x".repeat(random.pick([1, 125, 16_000, 17_000, 40_000]))}"`, random),
      );
  }
}

const values: readonly string[] = [
  ['""', '"x"', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\ud83d\\ude00"', '"\u2028"', '"__proto__"'],
  [
    "0",
    "-0",
    "-1",
    "1e999",
    "1E-999",
    "9007199254740993",
    "1.5",
    "01",
    "+1",
    "0x10",
    ".5",
    "1.",
    "NaN",
    "Infinity",
  ],
  ["null", "true", "undefined", "[]", "{}", '[""]', '{"":""}', '{"__proto__":null}', '{"toString":1}', "'x'"],
  ['"JOIN"', '"LEAVE"', '"OFFER"', '"ICE"', '"*"', '"{call}"', '"a\\r\\nb"', '".."', `"${"y".repeat(257)}"`],
].flat();

const keys: readonly string[] = [
  ['"__proto__"', '"constructor"', '"prototype"', '"toString"', '"hasOwnProperty"', '""', '"\\ud800"'],
  ['"k\\u0069nd"', '"\\u0062ody"', '"seq"', '"body"', '"Kind"', '"kind "', '"length"', '"then"', '"toJSON"'],
].flat();

const wholes: readonly string[] = [
  ["", " ", "null", "0", '"', "{", "}", "[", "]", "{}", "[]", '{"', '{"kind":', "{,}", '{"kind":"JOIN",}'],
  [
    '{"__proto__":{"kind":"JOIN"}}',
    "//x",
    "{kind:'JOIN'}",
    "\u0000",
    '{"a":1}{"a":1}',
    '{"kind":"JOIN"',
    "true",
  ],
].flat();

function withMember(text: string, member: string, random: Random): string {
  return random.oneIn(2) ? `{${member},${text.slice(1)}` : `${text.slice(0, -1)},${member}}`;
}

function nested(depth: number, random: Random): string {
  const [open, inner, close] = random.pick([
    ["[", "0", "]"],
    ['{"a":', '"\\ud800"', "}"],
    ['{"__proto__":', "null", "}"],
    ["[", "", ""],
  ] as const);
  return open.repeat(depth) + inner + close.repeat(depth);
}

function wide(random: Random): string {
  const count = random.pick([10, 1000, 4000]);
  const isObject = random.oneIn(2);
  const members = Array.from({ length: count }, (_, at) => (isObject ? `"${at}":0` : "0"));
  return isObject ? `{${members.join(",")}}` : `[${members.join(",")}]`;
}

/** The same text with some of its letters written as escapes. */
function escaped(text: string, random: Random): string {
  return text.replaceAll(/[a-z]/gi, (letter) =>
    random.oneIn(3) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
  );
}
