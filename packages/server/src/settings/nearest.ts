/**
 * Finds the word that was probably meant: the one fewest edits away, if that is at most a third of
 * its length, else the first that contains the given one; `undefined` when none is near.
 */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const word = given.toLowerCase();
  const [best] = words
    .map((candidate) => ({ candidate, distance: editsBetween(word, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (best !== undefined && best.distance * 3 <= best.candidate.length) return best.candidate;
  return words.find((candidate) => word.length > 2 && candidate.includes(word));
}

/** Levenshtein's distance, a row of its table at a time. */
function editsBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let at = 0; at < from.length; at++) {
    const row = [at + 1];
    for (let column = 0; column < to.length; column++) {
      const [diagonal = 0, up = 0] = above.slice(column, column + 2);
      row.push(Math.min(up + 1, (row[column] ?? 0) + 1, diagonal + (from[at] === to[column] ? 0 : 1)));
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}
