import type { Random } from "./random.ts";

/** Damages bytes in one to four places: bits turned, bytes put in, taken out, doubled, or the end cut off. */
export function damage(bytes: Buffer, random: Random): Buffer {
  let damaged = Buffer.from(bytes);
  for (let times = random.between(1, 4); times > 0; times -= 1) damaged = damageOnce(damaged, random);
  return damaged;
}

function damageOnce(bytes: Buffer, random: Random): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const count = random.between(1, 8);
  switch (random.below(6)) {
    case 0: {
      const turned = Buffer.from(bytes);
      if (at < turned.length) turned[at] = (turned[at] ?? 0) ^ (1 << random.below(8));
      return turned;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(count), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - count))]);
    case 4:
      return Buffer.from(bytes.subarray(0, at));
    default: {
      const filled = Buffer.from(bytes);
      filled.fill(random.pick([0x00, 0x7f, 0x80, 0xff, 0x0a, 0x22]), at, Math.min(at + count, filled.length));
      return filled;
    }
  }
}
