import { setTimeout as wait } from "node:timers/promises";
import { frame, opcodes, RawConnection } from "../../wire/raw-http.ts";
import { join, post, signal, type Ticket } from "../../wire/test-peer.ts";
import { Tally } from "../findings.ts";

/** Clients on two calls of fifty who attach and never read again, while one on each call has much to say. */
export async function neverRead(
  url: URL,
  handedOut: (session: string) => void,
  until: AbortSignal,
): Promise<Tally> {
  const ends = new Tally();
  const stalled: RawConnection[] = [];
  const publishers: Ticket[] = [];
  const { origin } = url;
  for (const call of ["never read 0", "never read 1"]) {
    const publisher = await join(origin, call);
    handedOut(publisher.session);
    publishers.push(publisher);
    for (let count = 0; count < 50; count += 1) {
      const ticket = await join(origin, call);
      handedOut(ticket.session);
      const connection = await RawConnection.upgrade(origin, frame(opcodes.text, JSON.stringify(ticket)));
      await connection.frame();
      connection.socket.pause();
      connection.socket.on("close", () => ends.add("cut"));
      stalled.push(connection);
    }
  }
  let said = 0;
  while (!until.aborted) {
    const [publisher] = publishers.splice(0, 1);
    if (publisher === undefined) break;
    const status = await signal(origin, publisher, "OFFER", "x".repeat(30_000));
    if (status === 200) publishers.push(publisher);
    else {
      // It attached no websocket, so its lease ends; another one takes its place.
      const next = await join(origin, publisher.call).catch(() => undefined);
      if (next !== undefined) handedOut(next.session);
      publishers.push(next ?? publisher);
    }
    said += 1;
    await wait(100);
  }
  ends.counts.set("signals of 30 kB", said);
  for (const { socket } of stalled) socket.resetAndDestroy();
  for (const publisher of publishers)
    await (await post(origin, "/leave", { ...publisher, kind: "LEAVE" })).arrayBuffer();
  return ends;
}
