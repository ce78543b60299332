import type { Peers } from "webrtc-signals-client";

/**
 * What goes out to every peer: a line of sound and a line of pictures, on which tracks take turns. A line once
 * begun is never taken down, so that turning a camera off and on, or showing the screen, negotiates nothing.
 */
export class Outgoing {
  readonly #peers: Peers;
  readonly #lines = new Map<string, MediaStreamTrack>();
  readonly #stream = new MediaStream();
  /** One change at a time: a track is only found on the senders once it is truly there. */
  #changing: Promise<void> = Promise.resolve();

  constructor(peers: Peers) {
    this.#peers = peers;
  }

  /** Sends these from now on. A line whose kind is not among them keeps its track, which has ended. */
  send(tracks: readonly MediaStreamTrack[]): void {
    for (const track of tracks) {
      // A connection that closes meanwhile needs no track.
      this.#changing = this.#changing.then(() => this.#put(track)).catch(() => {});
    }
  }

  async #put(track: MediaStreamTrack): Promise<void> {
    const before = this.#lines.get(track.kind);
    if (before === track) return;
    this.#lines.set(track.kind, track);
    if (before === undefined) this.#peers.addTrack(track, this.#stream);
    else await this.#peers.replaceTrack(before, track);
  }
}
