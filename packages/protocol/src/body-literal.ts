/**
 * Finds the value of an object's `body` member in bytes that are known to be a valid JSON object
 * whose `body`, where present, is a string. Answers the literal as it came, quotes and escapes
 * included, as a view on the same bytes: so a body is never serialised again. Of a member given
 * twice the last counts, as `JSON.parse` has it. `undefined` where there is none.
 */
export function bodyLiteral(json: Uint8Array): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  let at = json.indexOf(openBrace) + 1;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] === comma) at = skipSpace(json, at + 1);
    if (json[at] !== quote) return found;
    const keyEnd = stringEnd(json, at);
    const isBody = namesBody(json, at, keyEnd);
    // Past the colon, on the first byte of the value.
    const start = skipSpace(json, skipSpace(json, keyEnd) + 1);
    at = json[start] === quote ? stringEnd(json, start) : valueEnd(json, start);
    if (isBody) found = json.subarray(start, at);
  }
}

const [quote, backslash, comma, space] = [0x22, 0x5c, 0x2c, 0x20];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

function skipSpace(json: Uint8Array, from: number): number {
  let at = from;
  // In valid JSON a byte of 0x20 or below between tokens is white space (RFC 8259, section 2).
  while (at < json.length && (json[at] ?? 0) <= space) at += 1;
  return at;
}

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(json: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = json.indexOf(quote, at + 1);
    let slashes = 0;
    while (json[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** The index after a value that is no string: a number, a word, an array or an object. */
function valueEnd(json: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = stringEnd(json, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (depth === 0 && (byte === comma || byte === closeBrace)) return at;
    else if (byte === closeBrace || byte === closeBracket) depth -= 1;
  }
  return json.length;
}

function namesBody(json: Uint8Array, start: number, end: number): boolean {
  if (end - start === 6) {
    return (
      json[start + 1] === 0x62 &&
      json[start + 2] === 0x6f &&
      json[start + 3] === 0x64 &&
      json[start + 4] === 0x79
    );
  }
  // A key may be written with escapes; four times \uXXXX is the longest spelling.
  const key = json.subarray(start, end);
  return key.length <= 26 && key.includes(backslash) && JSON.parse(new TextDecoder().decode(key)) === "body";
}
