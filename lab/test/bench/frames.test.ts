import assert from "node:assert/strict";
import test from "node:test";
import { clientFrame, opcodes, readFrames } from "../../bench/load/frames.ts";
import { shareOf } from "../../bench/load/orders.ts";

/** A frame as a server sends it: without a mask. */
function serverFrame(text: string): Buffer {
  const frame = clientFrame(opcodes.text, text);
  const maskAt = text.length < 126 ? 2 : text.length < 65_536 ? 4 : 10;
  const unmasked = Buffer.concat([frame.subarray(0, maskAt), frame.subarray(maskAt + 4)]);
  unmasked[1] = (unmasked[1] ?? 0) & 127;
  return unmasked;
}

test("bench › frames of every length are read as they were made, and a part of one is left", () => {
  const texts = [0, 125, 126, 65_535, 65_536].map((length) => "x".repeat(length));
  const bytes = Buffer.concat([...texts.map(serverFrame), serverFrame("the last one").subarray(0, 5)]);
  const heard: string[] = [];
  const read = readFrames(bytes, (opcode, start, end) => {
    assert.equal(opcode, opcodes.text);
    heard.push(bytes.toString("utf8", start, end));
  });
  assert.deepEqual(heard, texts);
  assert.equal(read, bytes.length - 5);
});

test("bench › the shares of an order add up to it", () => {
  for (const total of [0, 1, 2, 7])
    assert.equal(shareOf(total, { index: 0, of: 2 }) + shareOf(total, { index: 1, of: 2 }), total);
});
