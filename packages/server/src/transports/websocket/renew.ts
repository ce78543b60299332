import { BackendError, type Holder } from "../../calls/ports/backend.ts";
import type { AttachContext, Attaching } from "./attach-context.ts";

/** Renews a websocket's seat: the backend decides, the presence machine hears of it, and so does the call's inbox. */
export async function renew(socket: Attaching, holder: Holder, context: AttachContext): Promise<void> {
  const { backend, backendTime, limits, report } = context;
  const sentAt = context.now();
  const seenAt = holder.seenAt === 0 ? 0 : backendTime.at(holder.seenAt);
  try {
    const reply = await backend.renew(socket.call, socket.session, { ...holder, seenAt }, limits);
    const now = context.now();
    backendTime.note(reply.now, now);
    report({ event: "renewal", outcome: reply.word });
    socket.drive({ type: "renewed", reply, sentAt, now });
    if (reply.word === "ok") socket.callFeed?.standsAt(reply.epoch, reply.head, reply.version);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    report({ event: "renewal", outcome: "away" });
    socket.drive({ type: "unrenewed", now: context.now() });
  }
}
