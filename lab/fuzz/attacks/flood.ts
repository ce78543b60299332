import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { requestBytes, upgradeHeaders } from "../../wire/raw-http.ts";
import { join } from "../../wire/test-peer.ts";
import { Tally } from "../findings.ts";
import { frameBytes } from "../frame-bytes.ts";
import { endOf } from "./drip.ts";

/** Clients with a seat who send the same bytes every few milliseconds, and come back a little after each close. */
export interface Flood {
  readonly count: number;
  readonly bytes: Buffer;
  readonly everyMs: number;
  readonly backAfterMs: number;
  readonly handedOut: (session: string) => void;
}

/** Floods until it is told to stop, and tells how the websockets ended. */
export async function flood(
  url: URL,
  { count, bytes, everyMs, backAfterMs, handedOut }: Flood,
  until: AbortSignal,
): Promise<Tally> {
  const ends = new Tally();
  const one = async (index: number): Promise<void> => {
    while (!until.aborted) {
      const ticket = await join(url.origin, `flood ${index} ${performance.now()}`);
      handedOut(ticket.session);
      ends.add(await floodOnce(url, JSON.stringify(ticket), bytes, everyMs, until));
      await wait(backAfterMs);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  return ends;
}

function floodOnce(
  url: URL,
  handshake: string,
  bytes: Buffer,
  everyMs: number,
  until: AbortSignal,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    let got: Buffer = Buffer.alloc(0);
    const done = (): void => {
      socket.resetAndDestroy();
      resolve(until.aborted ? "stopped" : endOf(got));
    };
    const pour = (): void => {
      if (until.aborted) return done();
      if (socket.writable) socket.write(bytes, () => setTimeout(pour, everyMs));
    };
    socket.on("connect", () => {
      const upgrade = requestBytes({ target: "/ws", headers: upgradeHeaders });
      socket.write(Buffer.concat([upgrade, frameBytes({ opcode: 1, payload: handshake })]), pour);
    });
    socket.on("data", (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      if (endOf(got) !== "cut") done();
    });
    socket.on("error", done);
    socket.on("close", done);
  });
}
