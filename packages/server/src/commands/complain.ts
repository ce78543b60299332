/** Writes a problem to stderr, on a line that starts with the name of the command. */
export function complain(problem: string): void {
  process.stderr.write(`signals: ${problem}\n`);
}
