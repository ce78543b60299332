import { draw, find, flagUrl } from "./elements.ts";
import type { Guest } from "./guests.ts";
import { sentenceOf } from "./media-problems.ts";
import type { Notices } from "./notices.ts";
import type { OwnMedia } from "./own-media.ts";

/** Shows the visitor's own picture as the others see it, and says what is missing. */
export function showOwn(media: OwnMedia, notices: Notices): void {
  const self = find("#self", HTMLElement);
  const video = find("video", HTMLVideoElement, self);
  const words = find("#unpictured", HTMLSpanElement);
  let shown: MediaStreamTrack | undefined;
  media.addEventListener("change", () => {
    const { pictureTrack: track, problems } = media;
    if (track !== shown) video.srcObject = track === undefined ? null : new MediaStream([track]);
    shown = track;
    self.dataset["picture"] = media.picture;
    self.classList.toggle("muted", !media.hasMicrophone && !media.opening);
    words.textContent = media.opening ? "Waiting for your camera…" : "Your camera is off";
    const problem = sentenceOf(problems);
    if (problem === undefined) notices.clear("media");
    else notices.show("media", problem);
  });
}

/** Shows the flag by which the others know the visitor. */
export function nameOwn({ name, flag }: Guest): void {
  const self = find("#self", HTMLElement);
  find(".name", HTMLSpanElement, self).textContent = name;
  for (const use of self.querySelectorAll(".flag use")) draw(use, flagUrl(flag));
}
