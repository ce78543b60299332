import { copyOf, find } from "./elements.ts";
import type { Guest } from "./guests.ts";
import type { Panel } from "./side.ts";
import { toast, untoast } from "./toast.ts";

/** The chat. What is written is handed to `send`, which says whether anybody gets it. */
export class Chat {
  readonly #messages = find("#messages", HTMLDivElement);
  readonly #input = find("#message", HTMLInputElement);
  readonly #unread = find("#unread", HTMLSpanElement);
  readonly #panel: Panel;
  #unreadCount = 0;
  #lastAuthor = "";
  /** Where what is written goes; nowhere while there is no call. */
  send: (text: string) => boolean = () => false;

  constructor(panel: Panel) {
    this.#panel = panel;
    panel.addEventListener("change", () => panel.isOpen && this.#catchUp());
    find("#writing", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(this.#input.value.trim());
    });
  }

  /** Shows what somebody else wrote. */
  hear({ name }: Guest, text: string): void {
    this.#add("heard", name, text);
    if (this.#panel.isOpen) return;
    this.#countUnread(this.#unreadCount + 1);
    toast(`${name}: ${text}`);
  }

  /** Shows what happened: that somebody came, or went. */
  tell(text: string): void {
    this.#add("told", "", text);
    if (!this.#panel.isOpen) toast(text);
  }

  #say(text: string): void {
    if (text === "") return;
    if (!this.send(text)) return toast("Nobody is there to read it yet");
    this.#input.value = "";
    this.#add("said", "You", text);
  }

  #add(kind: string, author: string, text: string): void {
    const list = this.#messages;
    const line = copyOf("#line", HTMLParagraphElement);
    line.classList.add(kind);
    line.classList.toggle("more", author === this.#lastAuthor);
    this.#lastAuthor = author;
    find(".author", HTMLSpanElement, line).textContent = author;
    find(".text", HTMLSpanElement, line).textContent = text;
    list.append(line);
    list.scrollTop = list.scrollHeight;
  }

  /** It is open now: what was missed is there to be read. */
  #catchUp(): void {
    this.#countUnread(0);
    untoast();
    this.#messages.scrollTop = this.#messages.scrollHeight;
  }

  #countUnread(count: number): void {
    this.#unreadCount = count;
    this.#unread.hidden = count === 0;
    this.#unread.textContent = String(count);
    this.#unread.setAttribute("aria-label", `${count} new`);
  }
}
