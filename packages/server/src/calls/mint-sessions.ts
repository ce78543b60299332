/** How many random bytes a session is made of: 160 bits, which nobody guesses. */
const sessionBytes = 20;
/** Sessions drawn at a time: asking the system for randomness costs as much as the rest of a join. */
const drawn = 128;

/** Makes sessions of the bytes that `random` draws: 27 characters of the URL-safe alphabet (RFC 4648, section 5). */
export function mintSessions(random: (bytes: number) => Buffer): () => string {
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === bytes.length) {
      bytes = random(drawn * sessionBytes);
      at = 0;
    }
    const session = bytes.toString("base64url", at, at + sessionBytes);
    // Whoever sees this memory later learns nothing of it.
    bytes.fill(0, at, at + sessionBytes);
    at += sessionBytes;
    return session;
  };
}
