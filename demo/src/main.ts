/** The page that `--demo` serves: whoever opens the same link sees each other. */
import { callOfAddress, startCall } from "./call-link.ts";
import { Chat } from "./chat.ts";
import { wireControls } from "./controls.ts";
import { find } from "./elements.ts";
import { endingOf } from "./endings.ts";
import { showEnding } from "./ending-view.ts";
import { openInvite } from "./invite.ts";
import { Notices } from "./notices.ts";
import { OwnMedia } from "./own-media.ts";
import { type PageState, statusOf } from "./page-state.ts";
import { showOwn } from "./preview.ts";
import { openSide } from "./side.ts";
import { Signaling } from "./signaling.ts";
import { type Page, stay } from "./stay.ts";
import { Tiles } from "./tiles.ts";

const media = new OwnMedia();
const notices = new Notices();
const side = openSide();
const tiles = new Tiles(notices);
const page: Page = {
  media,
  tiles,
  notices,
  chat: new Chat(side.chat),
  signaling: new Signaling(side.signaling),
  become,
};
const showCall = openInvite();
let leaving = new AbortController();
showOwn(media, notices);
wireControls(media, notices, () => leaving.abort());

// A page that is made ahead, and perhaps never seen, takes no seat from those who are there.
if ("prerendering" in document && document.prerendering === true) {
  await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
}

for (let name = callOfAddress(); ;) {
  const next = await visit(name);
  if (next === "fresh") name = startCall();
}

/** One visit to a call, until it has ended and the visitor wants something else. */
async function visit(name: string): Promise<"again" | "fresh"> {
  leaving = new AbortController();
  const { signal } = leaving;
  const left = new Promise<{ reason: "left" }>((resolve) => {
    signal.addEventListener("abort", () => resolve({ reason: "left" }));
  });
  become("joining");
  showCall(name);
  void media.open();
  const ending = endingOf(await Promise.race([stay(name, page, signal), left]));
  media.close();
  notices.clearAll();
  page.signaling.tell(ending.state, ending.title);
  become(ending.state);
  return showEnding(ending);
}

function become(state: PageState): void {
  const { dataset } = document.documentElement;
  if (dataset["state"] === state) return;
  dataset["state"] = state;
  find("#status", HTMLParagraphElement).textContent = statusOf[state];
}
