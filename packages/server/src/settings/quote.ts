/** Quotes a user's text so that it stays on one line, and truncates a long one. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
