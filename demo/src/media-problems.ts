import type { ErrorCode } from "webrtc-signals-client";
import type { Problems } from "./open-best.ts";

/** Why a device is missing and what that means, in plain words; undefined when none is. */
export function sentenceOf({ camera, microphone }: Problems): string | undefined {
  if (camera !== undefined && camera === microphone) return `${why(camera, both)} ${left}`;
  if (camera !== undefined && microphone !== undefined) {
    return `${why(camera, theCamera)} ${why(microphone, theMicrophone)} ${left}`;
  }
  if (camera !== undefined) return `${why(camera, theCamera)} The others hear you, but don’t see you.`;
  if (microphone !== undefined) {
    return `${why(microphone, theMicrophone)} The others see you, but don’t hear you.`;
  }
  return undefined;
}

/** What nobody can take away. */
const left = "You can still see, hear and write.";

interface Words {
  readonly none: string;
  readonly are: string;
  readonly need: string;
  readonly them: string;
}

const both: Words = {
  none: "No camera and no microphone",
  are: "Camera and microphone are",
  need: "Camera and microphone need",
  them: "them",
};
const theCamera: Words = { none: "No camera", are: "The camera is", need: "The camera needs", them: "it" };
const theMicrophone: Words = {
  none: "No microphone",
  are: "The microphone is",
  need: "The microphone needs",
  them: "it",
};

function why(code: ErrorCode, words: Words): string {
  const say = reasons[code] ?? (({ are }) => `${are} out of order.`);
  return say(words);
}

const reasons: { readonly [code in ErrorCode]?: (words: Words) => string } = {
  insecure_context: ({ need }) => `${need} https, or localhost.`,
  media_denied: ({ are, them }) => `${are} blocked: allow ${them} next to the address, then turn ${them} on.`,
  media_missing: ({ none }) => `${none} found.`,
  media_busy: ({ are }) => `${are} in use by another program, perhaps.`,
};
