import { draw, find, flagUrl } from "./elements.ts";
import type { Ending } from "./endings.ts";

/** Shows how a call ended. Resolves when the visitor wants to go back to it, or to begin another one. */
export function showEnding(ending: Ending): Promise<"again" | "fresh"> {
  const title = find("#ending-title", HTMLHeadingElement);
  const again = find("#again", HTMLButtonElement);
  const fresh = find("#fresh", HTMLButtonElement);
  draw(find("#ending-flag", SVGUseElement), flagUrl(ending.flag));
  find("#ending-flag-says", HTMLSpanElement).textContent = ending.says;
  find("#ending-text", HTMLParagraphElement).textContent = ending.text;
  title.textContent = ending.title;
  again.textContent = ending.again ?? "";
  again.hidden = ending.again === undefined;
  // The one thing to do is the one that stands out.
  fresh.classList.toggle("primary", again.hidden);
  // What had the focus is gone; the heading says why.
  title.focus();
  return new Promise((resolve) => {
    again.addEventListener("click", () => resolve("again"), { once: true });
    fresh.addEventListener("click", () => resolve("fresh"), { once: true });
  });
}
