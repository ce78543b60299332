import type { ErrorCode } from "webrtc-signals-client";
import type { Note, Picture } from "./notes.ts";
import { type Device, openBest, openDevice, type Opened, type Problems } from "./open-best.ts";

/** The visitor's own microphone, camera and screen. Says `change` when something of it is another. */
export class OwnMedia extends EventTarget {
  /** Why a device is missing that was asked for. */
  problems: Problems = {};
  /** Whether the browser is being asked, which may take until the visitor has answered. */
  opening = false;
  readonly #devices: { [device in Device]?: MediaStreamTrack | undefined } = {};
  #screen: MediaStreamTrack | undefined;
  /** Counts the closes: what was asked for before one is not wanted any more. */
  #closes = 0;

  /** Whether this browser can show a screen at all: phones can't. */
  static readonly canShareScreen = isSecureContext && "getDisplayMedia" in navigator.mediaDevices;

  get hasMicrophone(): boolean {
    return this.#devices.microphone?.enabled === true;
  }

  get hasCamera(): boolean {
    return this.#devices.camera !== undefined;
  }

  /** What the others see. */
  get picture(): Picture {
    if (this.#screen !== undefined) return "screen";
    return this.#devices.camera === undefined ? "off" : "camera";
  }

  /** What the others see, as a track. */
  get pictureTrack(): MediaStreamTrack | undefined {
    return this.#screen ?? this.#devices.camera;
  }

  /** Everything that goes out to the others: at most one track of sound, and one of pictures. */
  get tracks(): readonly MediaStreamTrack[] {
    return [this.#devices.microphone, this.pictureTrack].filter((track) => track !== undefined);
  }

  /** What the others are told of it. */
  get note(): Note {
    return { kind: "media", microphone: this.hasMicrophone, picture: this.picture };
  }

  /** Asks for camera and microphone, and takes what there is. */
  open(): Promise<void> {
    return this.#open(openBest, ["microphone", "camera"]);
  }

  /** Lets go of every device: their lights go out. */
  close(): void {
    this.#closes += 1;
    for (const track of [...Object.values(this.#devices), this.#screen]) track?.stop();
    this.#devices.microphone = this.#devices.camera = this.#screen = undefined;
    this.#change({ opening: false, problems: {} });
  }

  /** A muted microphone stays open, so that speaking begins at once. */
  async toggleMicrophone(): Promise<void> {
    const { microphone } = this.#devices;
    if (microphone === undefined) return this.#open(() => openDevice("microphone"), ["microphone"]);
    microphone.enabled = !microphone.enabled;
    this.#change({});
  }

  /** A camera that is off is closed, so that its light says so. */
  async toggleCamera(): Promise<void> {
    const { camera } = this.#devices;
    if (camera === undefined) return this.#open(() => openDevice("camera"), ["camera"]);
    camera.stop();
    this.#devices.camera = undefined;
    this.#change({});
  }

  /** @throws what getDisplayMedia throws, `NotAllowedError` where the visitor thought better of it */
  async toggleScreen(): Promise<void> {
    if (this.#screen !== undefined) return this.#endScreen(this.#screen);
    const closes = this.#closes;
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
    const [screen] = stream.getVideoTracks();
    if (screen === undefined) return;
    if (closes !== this.#closes) return screen.stop();
    // Letters matter more than motion.
    screen.contentHint = "detail";
    screen.addEventListener("ended", () => this.#endScreen(screen));
    this.#screen = screen;
    this.#change({});
  }

  #endScreen(screen: MediaStreamTrack): void {
    if (this.#screen !== screen) return;
    screen.stop();
    this.#screen = undefined;
    this.#change({});
  }

  async #open(ask: () => Promise<Opened>, devices: readonly Device[]): Promise<void> {
    if (this.opening) return;
    const closes = this.#closes;
    this.#change({ opening: true });
    const { tracks, problems } = await ask();
    if (closes !== this.#closes) return tracks.forEach((track) => track.stop());
    for (const track of tracks) this.#take(track);
    const solved = devices.filter((device) => problems[device] === undefined);
    this.#change({ opening: false, problems: without({ ...this.problems, ...problems }, solved) });
  }

  #take(track: MediaStreamTrack): void {
    const device = track.kind === "audio" ? "microphone" : "camera";
    this.#devices[device] = track;
    // Not by a stop of ours: it was unplugged, or the browser took it back.
    track.addEventListener("ended", () => {
      if (this.#devices[device] !== track) return;
      this.#devices[device] = undefined;
      this.#change({ problems: { ...this.problems, [device]: "media_missing" satisfies ErrorCode } });
    });
  }

  #change(change: { opening?: boolean; problems?: Problems }): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }
}

function without(problems: Problems, devices: readonly Device[]): Problems {
  const kept = Object.entries(problems).filter(([device]) => !devices.some((one) => one === device));
  return Object.fromEntries(kept);
}
