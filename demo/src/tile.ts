import type { Peer } from "webrtc-signals-client";
import { copyOf, draw, find, flagUrl } from "./elements.ts";
import type { Guest } from "./guests.ts";
import type { Note, Picture } from "./notes.ts";

/** One of the others: the picture, or the flag, and how the connection is. */
export class Tile {
  readonly element = copyOf("#tile", HTMLLIElement);
  readonly #video = find("video", HTMLVideoElement, this.element);
  readonly #stream = new MediaStream();
  readonly #connection: RTCPeerConnection;
  readonly #blocked: () => void;
  /** What the peer's page says of its picture; other programs may say nothing. */
  #told: Picture | undefined;

  /** `blocked` is called when the browser wants to be asked before it lets anything sound. */
  constructor({ id, connection }: Peer, blocked: () => void) {
    this.#connection = connection;
    this.#blocked = blocked;
    this.element.dataset["peer"] = id;
    this.#video.srcObject = this.#stream;
    connection.addEventListener("track", ({ track }) => this.#take(track));
    connection.addEventListener("connectionstatechange", () => this.#render());
    this.#render();
  }

  /** Shows whose picture it is. */
  name({ name, flag }: Guest): void {
    this.#video.setAttribute("aria-label", name);
    find(".name", HTMLSpanElement, this.element).textContent = name;
    for (const use of this.element.querySelectorAll(".flag use")) draw(use, flagUrl(flag));
  }

  /** Takes what the peer's page says of its media. */
  tell({ microphone, picture }: Note & { kind: "media" }): void {
    this.#told = picture;
    this.element.classList.toggle("muted", !microphone);
    this.#render();
  }

  /** Lets it sound, now that the visitor has done something. */
  unblock(): void {
    this.#video.muted = false;
    void this.#play();
  }

  #take(track: MediaStreamTrack): void {
    for (const old of this.#stream.getTracks()) if (old.kind === track.kind) this.#stream.removeTrack(old);
    this.#stream.addTrack(track);
    for (const change of ["mute", "unmute", "ended"]) track.addEventListener(change, () => this.#render());
    this.#render();
    void this.#play();
  }

  async #play(): Promise<void> {
    try {
      await this.#video.play();
    } catch (error) {
      // Else another track has come meanwhile, and is played in its turn.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || this.#video.muted) return;
      this.#video.muted = true;
      this.#blocked();
      await this.#play();
    }
  }

  #render(): void {
    const { connectionState: state } = this.#connection;
    const hasPicture = this.#stream
      .getVideoTracks()
      .some((track) => track.readyState === "live" && !track.muted);
    this.element.dataset["state"] = state;
    this.element.dataset["picture"] = hasPicture ? (this.#told ?? "camera") : "off";
    find(".away", HTMLParagraphElement, this.element).textContent = words[state];
  }
}

const words: { readonly [state in RTCPeerConnectionState]: string } = {
  new: "Connecting…",
  connecting: "Connecting…",
  connected: "",
  disconnected: "Reconnecting…",
  failed: "Reconnecting…",
  closed: "",
};
