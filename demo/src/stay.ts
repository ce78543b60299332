import {
  type Call,
  connectPeers,
  type Ended,
  joinCall,
  type Peer,
  type Peers,
  SignalsError,
} from "webrtc-signals-client";
import { serverUrl } from "./call-link.ts";
import type { Chat } from "./chat.ts";
import { type Guest, nameGuests } from "./guests.ts";
import { type NoteChannel, openNotes } from "./notes.ts";
import type { Notices } from "./notices.ts";
import { Outgoing } from "./outgoing.ts";
import type { OwnMedia } from "./own-media.ts";
import { type PageState, stateOf } from "./page-state.ts";
import { nameOwn } from "./preview.ts";
import type { Signaling } from "./signaling.ts";
import type { Tiles } from "./tiles.ts";

/** What a stay is shown by, and what the visitor brings to it. */
export interface Page {
  readonly media: OwnMedia;
  readonly tiles: Tiles;
  readonly chat: Chat;
  readonly notices: Notices;
  readonly signaling: Signaling;
  become(state: PageState): void;
}

/** One stay on a call: joins it, and resolves with how it ended. `leaving` is the wish to hang up. */
export async function stay(name: string, page: Page, leaving: AbortSignal): Promise<Ended> {
  try {
    // Found out before a seat is taken for nothing.
    if (!("RTCPeerConnection" in globalThis)) throw new SignalsError("no_webrtc", "there is no WebRTC here");
    page.signaling.tell("joining", name);
    const call = await joinCall(serverUrl(), name, { keepSession: true });
    if (!leaving.aborted) return await new Stay(call, page, leaving).ended;
    await call.leave();
    return await call.closed;
  } catch (error) {
    if (error instanceof SignalsError) return { reason: "failed", error };
    throw error;
  }
}

/** What one call and the page have to do with each other. */
class Stay {
  readonly ended: Promise<Ended>;
  readonly #call: Call;
  readonly #page: Page;
  readonly #peers: Peers;
  readonly #outgoing: Outgoing;
  readonly #notes = new Map<Peer, NoteChannel>();
  /** Everybody who was ever there, so that nobody's flag goes on to somebody else. */
  readonly #ids: Set<string>;
  #guests: ReadonlyMap<string, Guest> = new Map();
  readonly #over = new AbortController();

  constructor(call: Call, page: Page, leaving: AbortSignal) {
    this.#call = call;
    this.#page = page;
    this.#ids = new Set([call.identity.from]);
    this.#peers = connectPeers(call);
    this.#outgoing = new Outgoing(this.#peers);
    this.ended = this.#end();
    const { media, signaling, chat } = page;
    const { signal } = this.#over;
    this.#peers.on("peer", (peer) => this.#meet(peer));
    this.#peers.on("gone", (peer) => this.#part(peer));
    signaling.tell(call.state);
    signaling.follow(call);
    signaling.watch(this.#peers.all, (peer) => this.#guestOf(peer.id), signal);
    chat.send = (text) => this.#tellAll(text);
    call.on("state", () => this.#watchServer());
    media.addEventListener("change", () => this.#give(), { signal });
    leaving.addEventListener("abort", () => this.#leave(), { signal });
    this.#name();
    this.#give();
    this.#render();
  }

  #meet(peer: Peer): void {
    const { media, tiles, chat, signaling } = this.#page;
    const { connection } = peer;
    const tile = tiles.add(peer);
    this.#ids.add(peer.id);
    this.#name();
    const notes = openNotes(
      connection,
      () => {
        notes.send(media.note);
        chat.tell(`${this.#guestOf(peer.id).name} is here`);
      },
      (note) => (note.kind === "say" ? chat.hear(this.#guestOf(peer.id), note.text) : tile.tell(note)),
    );
    this.#notes.set(peer, notes);
    connection.addEventListener("connectionstatechange", () => {
      signaling.tell(connection.connectionState, this.#guestOf(peer.id).name);
      this.#render();
    });
    this.#render();
  }

  #part(peer: Peer): void {
    const { tiles, chat } = this.#page;
    tiles.remove(peer);
    this.#notes.delete(peer);
    if (!this.#over.signal.aborted) chat.tell(`${this.#guestOf(peer.id).name} is gone`);
    this.#render();
  }

  #name(): void {
    this.#guests = nameGuests(this.#ids);
    this.#page.tiles.name(this.#guests);
    nameOwn(this.#guestOf(this.#call.identity.from));
  }

  #guestOf(id: string): Guest {
    return this.#guests.get(id) ?? { name: "Somebody", flag: "" };
  }

  /** Gives the others what the visitor has on now, and tells them of it. */
  #give(): void {
    const { media } = this.#page;
    this.#outgoing.send(media.tracks);
    for (const notes of this.#notes.values()) notes.send(media.note);
  }

  #tellAll(text: string): boolean {
    const sent = [...this.#notes.values()].map((notes) => notes.send({ kind: "say", text }));
    return sent.includes(true);
  }

  #watchServer(): void {
    this.#render();
    if (this.#call.state === "open") this.#page.notices.clear("server");
    else setTimeout(() => this.#noticeServer(), noticedMs);
  }

  #noticeServer(): void {
    if (this.#call.state === "open" || this.#over.signal.aborted) return;
    this.#page.notices.show(
      "server",
      "The server is away, and is being called again. What you see and hear goes on.",
    );
  }

  #render(): void {
    if (this.#over.signal.aborted) return;
    const peers = [...this.#peers.all.values()].map(({ connection }) => connection.connectionState);
    this.#page.become(stateOf(this.#call.state, peers));
  }

  /** Hangs up. The others are told peer by peer first, since the service tells nobody. */
  #leave(): void {
    this.#over.abort();
    this.#peers.close();
    void this.#call.leave();
  }

  async #end(): Promise<Ended> {
    const ended = await this.#call.closed;
    this.#over.abort();
    this.#page.chat.send = () => false;
    this.#page.notices.clear("server");
    this.#peers.close();
    return ended;
  }
}

/** A websocket that comes back at once is not worth a line. */
const noticedMs = 1000;
