import type { Call, Peer, PeerMessage } from "webrtc-signals-client";
import { copyOf, find } from "./elements.ts";
import type { Guest } from "./guests.ts";
import { routeOf } from "./routes.ts";
import type { Panel } from "./side.ts";
import { watchSignalTimes } from "./signal-times.ts";

/** The panel that shows what the signaling does: what is sent and heard, how fast, and the ways it leads to. */
export class Signaling {
  readonly #events = find("#events", HTMLOListElement);
  readonly #routes = find("#routes", HTMLTableSectionElement);
  readonly #panel: Panel;

  constructor(panel: Panel) {
    this.#panel = panel;
    const time = find("#signal-time", HTMLOutputElement);
    watchSignalTimes((medianMs, count) => (time.value = `${inMs(medianMs)}, median of ${count}`));
  }

  /** Shows what a call does from now on. */
  follow(call: Call): void {
    call.on("message", (message) => this.#addSignal("heard", message));
    call.on("sent", (message) => this.#addSignal("sent", message));
    call.on("state", (state) => this.tell(state));
    call.on("gap", () => this.tell("gap", "messages were lost: negotiating anew"));
    call.on("rejoin", () => this.tell("rejoin", "the seat was lost, and another one taken"));
  }

  /** Keeps showing the ways to the peers, while somebody looks. */
  watch(peers: ReadonlyMap<string, Peer>, guestOf: (peer: Peer) => Guest, over: AbortSignal): void {
    const look = (): void => {
      if (this.#panel.isOpen && !document.hidden) void this.#showRoutes([...peers.values()], guestOf);
    };
    const timer = setInterval(look, lookEveryMs);
    this.#panel.addEventListener("change", look, { signal: over });
    over.addEventListener("abort", () => {
      clearInterval(timer);
      this.#routes.replaceChildren();
    });
  }

  /** Shows an event that is no signal. */
  tell(word: string, detail = ""): void {
    this.#add(copyOf("#event", HTMLLIElement), "·", word, detail);
  }

  #addSignal(way: "heard" | "sent", { kind, body }: PeerMessage): void {
    const event = copyOf("#signal", HTMLLIElement);
    event.classList.add(way);
    find("pre", HTMLPreElement, event).textContent = readable(body);
    this.#add(event, way === "heard" ? "↓" : "↑", kind, `${way}, ${body.length.toLocaleString("en")} B`);
  }

  #add(event: HTMLLIElement, way: string, word: string, detail: string): void {
    const now = new Date();
    const time = find("time", HTMLTimeElement, event);
    time.dateTime = now.toISOString();
    time.textContent = now.toLocaleTimeString("en-GB", timeFormat);
    find(".way", HTMLSpanElement, event).textContent = way;
    find(".word", HTMLElement, event).textContent = word;
    find(".detail", HTMLSpanElement, event).textContent = detail;
    const list = this.#events;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(event);
    if (list.childElementCount > mostEvents) list.firstElementChild?.remove();
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }

  async #showRoutes(peers: readonly Peer[], guestOf: (peer: Peer) => Guest): Promise<void> {
    const rows = await Promise.all(
      peers.map(async (peer) => {
        const route = await routeOf(peer.connection);
        const row = copyOf("#route", HTMLTableRowElement);
        find("th", HTMLTableCellElement, row).textContent = guestOf(peer).name;
        find(".way", HTMLTableCellElement, row).textContent = route?.way ?? "none yet";
        find(".time", HTMLTableCellElement, row).textContent =
          route?.roundTripMs === undefined ? "–" : inMs(route.roundTripMs);
        return row;
      }),
    );
    this.#routes.replaceChildren(...rows);
  }
}

function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** What `connectPeers` says is JSON, whose descriptions are text of many lines. */
function readable(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    return JSON.stringify(value, undefined, 2).replaceAll(String.raw`\r\n`, "\n");
  } catch {
    return body;
  }
}

const timeFormat = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
} as const;
const lookEveryMs = 2000;
/** A long call is no reason for a page that grows without end. */
const mostEvents = 300;
