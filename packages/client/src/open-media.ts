import { type ErrorCode, SignalsError } from "./errors.ts";

/**
 * The camera and the microphone, by `getUserMedia`, whose failures become errors that say what to do.
 *
 *     const stream = await openMedia({ audio: true, video: true });
 *
 * @throws SignalsError `insecure_context`, `media_denied`, `media_missing`, `media_busy`
 */
export async function openMedia(
  constraints: MediaStreamConstraints = { audio: true, video: true },
): Promise<MediaStream> {
  const { mediaDevices }: Partial<Navigator> = globalThis.navigator ?? {};
  if (mediaDevices?.getUserMedia === undefined) {
    throw new SignalsError("insecure_context", "cameras and microphones need https, or localhost");
  }
  try {
    return await mediaDevices.getUserMedia(constraints);
  } catch (error) {
    // A slip of the caller's stays what it is.
    if (error instanceof TypeError) throw error;
    const [code, message] = failures[nameOf(error)] ?? unusable;
    throw new SignalsError(code, message, { cause: error });
  }
}

const missing: readonly [ErrorCode, string] = ["media_missing", "there is no such camera or microphone"];
const unusable: readonly [ErrorCode, string] = [
  "media_busy",
  "the camera or microphone is in use, or broken",
];

/** By the names of Media Capture and Streams, section 10.3. */
const failures: { readonly [name: string]: readonly [ErrorCode, string] } = {
  NotAllowedError: ["media_denied", "the camera or microphone was not allowed"],
  NotFoundError: missing,
  OverconstrainedError: missing,
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
