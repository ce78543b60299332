/**
 * Loaded into a server's process before the service (`--import …/plant.ts?throw`), to see that the fuzzer catches what it
 * is there for: a handler that throws on some call names, a process that ends, a session in the log, memory that is kept.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const fault = new URL(import.meta.url).search.slice(1);
const kept: string[] = [];

if (fault === "log") {
  const { randomBytes } = crypto;
  Object.assign(crypto, {
    randomBytes: (size: number) => {
      const bytes = randomBytes(size);
      // Sessions are drawn many at a time, 20 bytes each; the first of them is logged.
      const session = bytes.toString("base64url", 0, 20);
      if (size % 20 === 0) process.stderr.write(`{"msg":"join","session":"${session}"}\n`);
      return bytes;
    },
  });
  syncBuiltinESMExports();
} else if (fault !== "") {
  const isWellFormed = Reflect.get(String.prototype, "isWellFormed");
  Object.assign(String.prototype, {
    isWellFormed(this: string): boolean {
      const text = this.valueOf();
      if (fault === "throw" && text.includes("{{")) throw new RangeError("planted");
      if (fault === "crash" && text.includes("{{")) setImmediate(() => Promise.reject(new Error("planted")));
      if (fault === "keep") kept.push(`${text} ${kept.length}`);
      return Reflect.apply(isWellFormed, this, []);
    },
  });
}
