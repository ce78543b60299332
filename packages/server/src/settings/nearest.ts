import leven, { closestMatch } from "leven";

/**
 * Finds the word that was probably meant: the one with the fewest edits, if these are at most a third of
 * its length, else the first that contains the given one; `undefined` if no word is near.
 */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const word = given.toLowerCase();
  const closest = closestMatch(word, words);
  if (closest !== undefined && leven(word, closest) * 3 <= closest.length) return closest;
  return words.find((candidate) => word.length > 2 && candidate.includes(word));
}
