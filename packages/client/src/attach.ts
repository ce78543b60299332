import { type Answer, readObject } from "./ask.ts";

/** One websocket, from its opening to its close. */
export interface Attachment {
  /** How it ended, and whether it was ever welcome. */
  readonly ended: Promise<{ readonly code: number; readonly welcome: boolean }>;
  /** Ends it here, as if it had closed with this code. */
  readonly giveUp: (code: number) => void;
}

/** How long a connection that says nothing is waited for. It may stand still without ever failing. */
const patienceMs = 10_000;

/** Opens a websocket, shakes hands, and hands over every frame, the first of which is WELCOME. */
export function attach(
  url: string,
  handshake: object,
  hear: (frame: NonNullable<Answer["body"]>) => void,
): Attachment {
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number; welcome: boolean }>();
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`);
  const listening = new AbortController();
  const { signal } = listening;
  let welcome = false;
  const giveUp = (code: number): void => {
    clearTimeout(patience);
    listening.abort();
    socket.close();
    resolve({ code, welcome });
  };
  const patience = setTimeout(giveUp, patienceMs, 1006);
  socket.addEventListener("open", () => socket.send(JSON.stringify(handshake)), { signal });
  socket.addEventListener("close", ({ code }) => giveUp(code), { signal });
  socket.addEventListener(
    "message",
    ({ data }) => {
      const frame = readObject(String(data));
      if (frame === undefined) return;
      clearTimeout(patience);
      welcome = true;
      hear(frame);
    },
    { signal },
  );
  return { ended, giveUp };
}
