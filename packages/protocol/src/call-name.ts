/** The longest call name, in bytes of UTF-8. */
export const callNameBytes = 256;

/**
 * Says what is wrong with a call's name, already percent-decoded, or `undefined` when nothing is:
 * 1 to 256 bytes of UTF-8, no control characters (Unicode Cc), no lone surrogate. Names are
 * compared code unit for code unit; nothing is normalised.
 */
export function callNameProblem(name: string): string | undefined {
  if (name === "") return "the call's name is empty";
  if (!name.isWellFormed()) return "the call's name holds a lone surrogate, so it is not Unicode text";
  if (controlCharacter.test(name)) return "the call's name holds a control character";
  if (tooLong(name)) return `the call's name is over ${callNameBytes} bytes of UTF-8`;
  return undefined;
}

const controlCharacter = /\p{Cc}/u;

function tooLong(name: string): boolean {
  // A code unit is at most three bytes of UTF-8, so most names need no counting.
  if (name.length * 3 <= callNameBytes) return false;
  return new TextEncoder().encode(name).length > callNameBytes;
}
