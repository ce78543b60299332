/** Names of calls that a key, a pattern, a path or an object could trip over. */
export const nastyNames: readonly string[] = [
  "}x",
  "{a}b{",
  "{}",
  "*?[a-z]",
  "..",
  "/",
  "%0D%0A",
  "🦊",
  "é".repeat(128),
  "x".repeat(256),
  "__proto__",
  "constructor",
  "signals:1:{a}:s",
  " ",
  "\u2028",
  "\uFEFFa",
];
