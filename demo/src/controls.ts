import { draw, find } from "./elements.ts";
import type { Notices } from "./notices.ts";
import { OwnMedia } from "./own-media.ts";

/** Makes the buttons below the picture work, and say what they would do. */
export function wireControls(media: OwnMedia, notices: Notices, hangUp: () => void): void {
  const microphone = find("#microphone", HTMLButtonElement);
  const camera = find("#camera", HTMLButtonElement);
  const screen = find("#share-screen", HTMLButtonElement);
  screen.hidden = !OwnMedia.canShareScreen;
  microphone.addEventListener("click", () => void media.toggleMicrophone());
  camera.addEventListener("click", () => void media.toggleCamera());
  screen.addEventListener("click", () => void toggleScreen(media, notices));
  find("#hang-up", HTMLButtonElement).addEventListener("click", hangUp);

  const render = (): void => {
    const { hasMicrophone, picture, opening } = media;
    label(microphone, hasMicrophone ? "Mute" : "Unmute", `#microphone-${hasMicrophone ? "on" : "off"}`);
    const hasCamera = media.hasCamera;
    label(camera, hasCamera ? "Turn camera off" : "Turn camera on", `#camera-${hasCamera ? "on" : "off"}`);
    microphone.classList.toggle("is-off", !hasMicrophone && !opening);
    camera.classList.toggle("is-off", !hasCamera && !opening);
    screen.setAttribute("aria-pressed", String(picture === "screen"));
  };
  media.addEventListener("change", render);
  render();
}

function label(button: HTMLButtonElement, text: string, icon: string): void {
  const words = find("span", HTMLSpanElement, button);
  // Written only when it changes, so that a screen reader says it once.
  if (words.textContent !== text) words.textContent = text;
  draw(find("use", SVGUseElement, button), icon);
}

async function toggleScreen(media: OwnMedia, notices: Notices): Promise<void> {
  try {
    await media.toggleScreen();
  } catch (error) {
    // Not allowed: mostly the visitor has closed the browser's window without choosing anything.
    if (error instanceof DOMException && error.name === "NotAllowedError") return;
    notices.show("screen", "The screen could not be shared.");
  }
}
