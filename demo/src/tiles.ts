import type { Peer } from "webrtc-signals-client";
import { find } from "./elements.ts";
import type { Guest } from "./guests.ts";
import type { Notices } from "./notices.ts";
import { Tile } from "./tile.ts";

/** The others on the call, as a grid. The stylesheet sees to its shape. */
export class Tiles {
  readonly #list = find("#tiles", HTMLOListElement);
  readonly #notices: Notices;
  readonly #byPeer = new Map<Peer, Tile>();

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  add(peer: Peer): Tile {
    const tile = new Tile(peer, () => this.#askForSound());
    this.#byPeer.set(peer, tile);
    this.#list.append(tile.element);
    return tile;
  }

  /** Shows who is who. */
  name(guests: ReadonlyMap<string, Guest>): void {
    for (const [{ id }, tile] of this.#byPeer) {
      const guest = guests.get(id);
      if (guest !== undefined) tile.name(guest);
    }
  }

  remove(peer: Peer): void {
    this.#byPeer.get(peer)?.element.remove();
    this.#byPeer.delete(peer);
  }

  /** Browsers let a page sound unasked when it has the microphone, or when the visitor has touched it. */
  #askForSound(): void {
    const act = (): void => this.#byPeer.forEach((tile) => tile.unblock());
    this.#notices.show("sound", "The browser keeps the call silent until you say otherwise.", {
      label: "Turn sound on",
      act,
    });
  }
}
