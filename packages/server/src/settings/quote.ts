/** Quotes what a user gave so that it stays on one line, whatever it holds, and cuts what is too long to help. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
