import { find } from "./elements.ts";

/** Says something that needs no answer, for a moment, to eyes and to screen readers. */
export function toast(text: string): void {
  clearTimeout(timer);
  const element = find("#toast", HTMLParagraphElement);
  element.textContent = text;
  timer = setTimeout(untoast, shownMs);
}

/** Takes back what is being said. */
export function untoast(): void {
  find("#toast", HTMLParagraphElement).textContent = "";
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Long enough for a line of chat. */
const shownMs = 5000;
