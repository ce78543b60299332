import type { Call } from "./call.ts";
import { Emitter } from "./emitter.ts";
import { type Envelope, readEnvelope, type Saying } from "./envelope.ts";
import { SignalsError } from "./errors.ts";
import type { PeerMessage } from "./events.ts";
import { iceServersOf } from "./ice.ts";
import { Peer } from "./peer.ts";
import { Tracks } from "./tracks.ts";

export interface PeersEvents {
  /** A peer is there, or is there anew: nothing is negotiated yet, so listen to its `connection` and add to it. */
  peer: Peer;
  /** Its connection ended: it left, was reloaded, or can't be reached any more. */
  gone: Peer;
}

/** Any `RTCConfiguration`; without `iceServers` the call's server is asked, and asked again before they end. */
export interface PeersOptions extends RTCConfiguration {
  /** The class to make connections of, where it is not the browser's; it has to do as that one does. */
  readonly RTCPeerConnection?: (new (configuration: never) => object) | undefined;
}

type ConnectionClass = new (configuration: RTCConfiguration) => RTCPeerConnection;

/** What `connectPeers` made for a call: made another time, it is another instance of its peer. */
const made = new WeakMap<Call, Peers>();

/** Connections to every other peer on a call. Made by `connectPeers`. */
export class Peers extends Emitter<PeersEvents> {
  readonly #call: Call;
  readonly #connection: ConnectionClass;
  readonly #configuration: RTCConfiguration;
  readonly #from: string;
  readonly #run: number;
  readonly #peers = new Map<string, Peer>();
  readonly #tracks = new Tracks();
  readonly #over = new AbortController();
  #said = 0;
  /** Whether somebody could not be reached any more, who may still be there. */
  #missing = false;
  /** Making a connection may need to ask the server, so what is heard waits its turn. */
  #hearing: Promise<void> = Promise.resolve();

  /** Use `connectPeers`. */
  constructor(call: Call, options: PeersOptions) {
    super();
    const { RTCPeerConnection: connection = globalThis.RTCPeerConnection, ...configuration } = options;
    if (!isConnectionClass(connection)) {
      throw new SignalsError("no_webrtc", "there is no RTCPeerConnection here: hand one in");
    }
    this.#call = call;
    this.#connection = connection;
    this.#configuration = configuration;
    const { identity } = call;
    const earlier = made.get(call);
    made.set(call, this);
    earlier?.close();
    if (earlier !== undefined) identity.run += 1;
    this.#from = identity.from;
    this.#run = identity.run;
    const { signal } = this.#over;
    const hello = (): unknown => this.#say({ hello: true });
    const stops = [
      call.on("message", (message) => this.#hear(message)),
      call.on("gap", () => {
        this.#mend();
        hello();
      }),
      call.on("leave", () => this.close()),
      call.on("rejoin", () => {
        // What was offered while the seat was gone, nobody heard.
        this.#mend();
        if (!call.introduced) hello();
      }),
      call.on("state", (state) => state === "open" && this.#missing && hello()),
    ];
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    if ("addEventListener" in globalThis) {
      addEventListener("online", () => this.#peers.forEach((peer) => peer.mend()), { signal });
      // A browser that ends a page does not tell the others. One that keeps it for later may bring it back.
      addEventListener(
        "pagehide",
        ({ persisted }) => persisted || this.#peers.forEach((peer) => peer.close()),
        {
          signal,
        },
      );
    }
    void call.closed.then(() => this.close());
    // Else PEER has said it to those who were there.
    if (earlier !== undefined || !call.introduced) hello();
  }

  /** Who is there, connected or about to be, by id. */
  get all(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  /** Sends a track to every peer, those who come later included; nothing, where it is sent already. */
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): void {
    this.#tracks.add(
      track,
      streams,
      [...this.#peers.values()].map(({ connection }) => connection),
    );
  }

  /** Sends another track in place of one that was added, without negotiating anew where the browser can. */
  replaceTrack(track: MediaStreamTrack, by: MediaStreamTrack): Promise<void> {
    return this.#tracks.replace(track, by);
  }

  /** Sends a track to nobody any more. */
  removeTrack(track: MediaStreamTrack): void {
    this.#tracks.remove(track);
  }

  /** Ends every connection, and says so. The call itself goes on. */
  close(): void {
    if (this.#over.signal.aborted) return;
    this.#say({ bye: true });
    this.#over.abort();
    for (const peer of this.#peers.values()) this.#drop(peer);
  }

  #hear({ kind, body }: PeerMessage): void {
    const envelope = readEnvelope(body);
    if (envelope === undefined || envelope.from === this.#from) return;
    if (envelope.to !== undefined && envelope.to !== this.#from) return;
    const heard = kind === "PEER" ? { ...envelope, hello: true as const } : envelope;
    this.#hearing = this.#hearing.then(() => this.#take(heard)).catch(() => {});
  }

  async #take(envelope: Envelope): Promise<void> {
    const { from, run, to, link, hello, bye, description } = envelope;
    let peer = this.#peers.get(from);
    if (this.#over.signal.aborted || (peer !== undefined && run < peer.run)) return;
    if (peer !== undefined && link !== undefined && link < (peer.link ?? 0)) return;
    const isOffer = description?.type === "offer";
    // Of a newer connection than the one that was offered to: both begin anew.
    const isOther = description !== undefined && (link ?? 0) > (peer?.link ?? Infinity);
    // It gave up, and is there: perhaps it does not know that this one is.
    if (bye && to !== undefined && (peer !== undefined || this.#missing)) this.#say({ hello: true });
    if (peer !== undefined && (bye || run > peer.run || isOther)) {
      this.#drop(peer);
      peer = undefined;
    }
    if (bye) return;
    if (peer === undefined) {
      if (!hello && !isOffer && !isOther) return;
      const configuration = await this.#configured();
      if (this.#over.signal.aborted) return;
      peer = this.#make(envelope, configuration);
      // What is added in the listeners of `peer` is offered; where there is nothing, it must know all the same.
      if (hello && to === undefined) setTimeout((met: Peer) => met.greet(), greetMs, peer);
      if (isOther && !isOffer) return;
    } else if (hello && to === undefined && !peer.isWell) peer.mend();
    peer.hear(envelope);
  }

  #make({ from, run, introduction }: Envelope, configuration: RTCConfiguration): Peer {
    const Connection = this.#connection;
    const link = this.#said;
    const peer: Peer = new Peer({
      id: from,
      run,
      introduction,
      connection: new Connection(configuration),
      polite: this.#from < from,
      say: (saying) => this.#say({ to: from, link, ...saying }),
      configuration: () => this.#configured(),
      gone: () => {
        if (this.#peers.get(from) !== peer) return;
        this.#missing = true;
        this.#say({ to: from, link, bye: true });
        this.#drop(peer);
      },
    });
    this.#peers.set(from, peer);
    this.#tracks.giveAll(peer.connection);
    this.emit("peer", peer);
    return peer;
  }

  async #configured(): Promise<RTCConfiguration> {
    // Without an answer it may still be reached on the same network; mending asks again.
    const iceServers = this.#configuration.iceServers ?? (await iceServersOf(this.#call).catch(() => []));
    return { ...this.#configuration, iceServers };
  }

  #mend(): void {
    for (const peer of this.#peers.values()) if (!peer.isWell) peer.mend();
  }

  #drop(peer: Peer): void {
    this.#peers.delete(peer.id);
    this.#tracks.forget(peer.connection);
    peer.close();
    this.emit("gone", peer);
  }

  /** Says something to everybody, or to one, and answers its id. */
  #say(saying: Saying): number {
    const id = (this.#said += 1);
    if (this.#over.signal.aborted) return id;
    const { description, hello } = saying;
    const kind = hello || description?.type === "offer" ? "OFFER" : description ? "ANSWER" : "CANDIDATE";
    const introduction = kind === "OFFER" ? this.#call.introduction : undefined;
    const body = JSON.stringify({ from: this.#from, run: this.#run, id, introduction, ...saying });
    // Receivers drop the second of two, so one of unknown outcome may be sent again. A seat that
    // is lost is told by `rejoin`, and a call that has ended by its end.
    this.#call.send(kind, body, true).catch(() => {});
    return id;
  }
}

/** What does as the browser's does: no more can be seen of it. */
function isConnectionClass(value: unknown): value is ConnectionClass {
  return value !== undefined;
}

/** How long a listener of `peer` may take to add something, before the peer is told that there is nothing. In milliseconds. */
const greetMs = 50;
