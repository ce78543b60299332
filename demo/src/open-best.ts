import { type ErrorCode, openMedia, SignalsError } from "webrtc-signals-client";

export type Device = "microphone" | "camera";

/** Why a device is missing, by the device. */
export type Problems = { readonly [device in Device]?: ErrorCode };

/** What the browser gave. */
export interface Opened {
  readonly tracks: readonly MediaStreamTrack[];
  readonly problems: Problems;
}

/** Opens camera and microphone; where both can't be had, one of them; or neither, and says why. */
export async function openBest(): Promise<Opened> {
  const both = await open(["microphone", "camera"]);
  const { code } = both;
  if (code === undefined || code === "insecure_context") return opened([both]);
  // One after the other: each may ask the visitor something.
  const microphone = await openAlone("microphone", "camera", code);
  const camera =
    microphone.tracks.length > 0 ? failed("camera", code) : await openAlone("camera", "microphone", code);
  return opened([microphone, camera]);
}

/** Opens one device, or says why not. */
export async function openDevice(device: Device): Promise<Opened> {
  return opened([await open([device])]);
}

interface Attempt {
  readonly devices: readonly Device[];
  readonly tracks: readonly MediaStreamTrack[];
  readonly code?: ErrorCode;
}

async function open(devices: readonly Device[]): Promise<Attempt> {
  try {
    const stream = await openMedia({
      audio: devices.includes("microphone"),
      video: devices.includes("camera") && picture,
    });
    return { devices, tracks: stream.getTracks() };
  } catch (error) {
    if (error instanceof SignalsError) return { devices, tracks: [], code: error.code };
    throw error;
  }
}

function failed(device: Device, code: ErrorCode): Attempt {
  return { devices: [device], tracks: [], code };
}

/** Opens one of two that failed together. Who said no to both is not asked again for each. */
async function openAlone(device: Device, other: Device, code: ErrorCode): Promise<Attempt> {
  if (code !== "media_denied") return open([device]);
  const [own, others] = await Promise.all([permissionOf(device), permissionOf(other)]);
  const mayHelp = own === "granted" || (own === "prompt" && others === "denied");
  return mayHelp ? open([device]) : failed(device, code);
}

/** What the browser would say without asking; undefined where it doesn't tell. */
async function permissionOf(name: Device): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return undefined;
  }
}

function opened(attempts: readonly Attempt[]): Opened {
  const problems = attempts.flatMap(({ devices, code }) => devices.map((device) => [device, code] as const));
  return {
    tracks: attempts.flatMap(({ tracks }) => tracks),
    problems: Object.fromEntries(problems.filter(([, code]) => code !== undefined)),
  };
}

/** Enough for a face, and little enough for three of them. */
const picture = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };
