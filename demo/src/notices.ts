import { copyOf, find } from "./elements.ts";

/** What a notice offers to do. */
export interface Offer {
  readonly label: string;
  readonly act: () => void;
}

/** Lines above the picture that block nothing: one of each kind at a time. */
export class Notices {
  readonly #list = find("#notices", HTMLDivElement);
  readonly #byKind = new Map<string, HTMLElement>();

  /** Says something until it is cleared, acted on or dismissed. */
  show(kind: string, text: string, offer?: Offer): void {
    if (this.#byKind.get(kind)?.firstElementChild?.textContent === text) return;
    this.clear(kind);
    const notice = copyOf("#notice", HTMLParagraphElement);
    const act = find("button.act", HTMLButtonElement, notice);
    const clear = (): void => this.clear(kind);
    find("span", HTMLSpanElement, notice).textContent = text;
    find("button.plain", HTMLButtonElement, notice).addEventListener("click", clear);
    if (offer === undefined) act.remove();
    else {
      act.textContent = offer.label;
      act.addEventListener("click", () => {
        clear();
        offer.act();
      });
    }
    this.#byKind.set(kind, notice);
    this.#list.append(notice);
  }

  clear(kind: string): void {
    this.#byKind.get(kind)?.remove();
    this.#byKind.delete(kind);
  }

  clearAll(): void {
    for (const kind of this.#byKind.keys()) this.clear(kind);
  }
}
