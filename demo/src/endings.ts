import type { Ended, ErrorCode } from "webrtc-signals-client";
import type { PageState } from "./page-state.ts";

/** What is shown when a call has ended, or never began. */
export interface Ending {
  readonly state: PageState;
  /** A flag of the International Code of Signals that says about the same, and what it says. */
  readonly flag: string;
  readonly says: string;
  readonly title: string;
  readonly text: string;
  /** What the button that goes back to the same call is called; without it that can't help. */
  readonly again?: string;
}

/** What to show of how a call ended. */
export function endingOf({ reason, error }: Ended): Ending {
  if (reason === "left") return left;
  const ending = error && endings[error.code];
  return ending ?? { ...broken, text: error?.message ?? broken.text };
}

const left: Ending = {
  state: "left",
  flag: "papa",
  says: "P: All aboard, we are about to sail",
  title: "You left the call",
  text: "Your camera and microphone are off. The call goes on for those who are still there, and its link still works.",
  again: "Join again",
};

const trouble = { state: "failed", flag: "delta", says: "D: I am maneuvering with difficulty" } as const;

const broken: Ending = {
  ...trouble,
  title: "The call has broken off",
  text: "Something went wrong that this page knows no name for.",
  again: "Try again",
};

const endings: { readonly [code in ErrorCode]?: Ending } = {
  call_full: {
    state: "full",
    flag: "november",
    says: "N: No",
    title: "This call is full",
    text: "Every seat is taken just now. Where somebody closed the page without hanging up, their seat is free after half a minute.",
    again: "Try again",
  },
  replaced: {
    state: "replaced",
    flag: "x-ray",
    says: "X: Stop, and watch for my signals",
    title: "The call goes on in another tab",
    text: "Your seat was taken over there, so you can close this tab. Joining again here would take a seat of its own.",
    again: "Join again",
  },
  unreachable: {
    ...trouble,
    title: "The server does not answer",
    text: "Perhaps the network is away, or the server is being started again. Your link stays the same.",
    again: "Try again",
  },
  forbidden: {
    ...trouble,
    title: "The server wants no calls from this page",
    text: "Whoever runs it has to allow this page’s address first.",
    again: "Try again",
  },
  not_signals: {
    ...trouble,
    title: "This is not a server for calls",
    text: "Something answers at this address, but not the service that this page belongs to.",
    again: "Try again",
  },
  no_webrtc: {
    ...trouble,
    title: "This browser makes no calls",
    text: "It has no WebRTC, or has it turned off. Any current browser will do.",
    again: "Try again",
  },
  bad_name: {
    ...trouble,
    title: "This link names no call that can be",
    text: "A call’s name is at most 256 bytes long and has no slash in it. Perhaps the link was cut, or has grown on its way.",
  },
};
