import { find } from "./elements.ts";

/** The panels beside the picture. Where there is no room beside it they lie on it, one at a time. */
export interface Side {
  readonly chat: Panel;
  readonly signaling: Panel;
}

/** Makes the panels work. The chat is open from the start where there is room for it. */
export function openSide(): Side {
  const [chat, signaling] = [new Panel("chat"), new Panel("signaling")];
  const narrow = matchMedia("(max-width: 60rem)");
  chat.addEventListener("change", () => narrow.matches && chat.isOpen && signaling.toggle(false));
  signaling.addEventListener("change", () => narrow.matches && signaling.isOpen && chat.toggle(false));
  narrow.addEventListener("change", () => [chat, signaling].forEach((panel) => panel.toggle(false)));
  chat.toggle(!narrow.matches);
  return { chat, signaling };
}

/** One panel, and the button that opens and closes it. Says `change` when it has. */
export class Panel extends EventTarget {
  readonly #section: HTMLElement;
  readonly #button: HTMLButtonElement;

  constructor(id: string) {
    super();
    this.#section = find(`#${id}`, HTMLElement);
    this.#button = find(`#toggle-${id}`, HTMLButtonElement);
    this.#button.addEventListener("click", () => this.toggle());
    this.#section.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.toggle(false);
      this.#button.focus();
    });
  }

  get isOpen(): boolean {
    return !this.#section.hidden;
  }

  toggle(open = !this.isOpen): void {
    if (open === this.isOpen) return;
    this.#section.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    this.dispatchEvent(new Event("change"));
  }
}
