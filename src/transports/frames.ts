import type { CallEvent } from "../calls/envelope.ts";
import type { Message } from "../protocol/messages.ts";

/** Writes a message without a body: JOIN and WELCOME. */
export function writeMessage(message: Message): string {
  return JSON.stringify(message);
}

/**
 * The frames of events, each built once however many websockets it goes to: the events of a call are
 * delivered one by one, so the last one's are all there is to keep. A body goes out as it came in.
 */
export class EventFrames {
  private event: CallEvent | undefined;
  private plain: Buffer | undefined;
  private positioned: Buffer | undefined;

  /** The frame of an event on a call; with its `seq` for a client that resumes. */
  of(event: CallEvent, call: string, withSeq: boolean): Buffer {
    if (this.event !== event) {
      this.event = event;
      this.plain = undefined;
      this.positioned = undefined;
    }
    if (!withSeq) return (this.plain ??= frame(event, writeHead(event, call)));
    return (this.positioned ??= frame(event, `${writeHead(event, call)},"seq":${event.epoch + event.n}`));
  }
}

function writeHead(event: CallEvent, call: string): string {
  return `{"kind":"${event.kind}","call":${JSON.stringify(call)}`;
}

function frame(event: CallEvent, head: string): Buffer {
  if (event.body.length === 0) return Buffer.from(`${head}}`);
  return Buffer.concat([Buffer.from(`${head},"body":`), event.body, closeBrace]);
}

const closeBrace = Buffer.from("}");
