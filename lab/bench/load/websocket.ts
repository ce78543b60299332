import type { Socket } from "node:net";
import { clientFrame, opcodes, readFrames } from "./frames.ts";
import { upgradeRequest } from "./http-request.ts";
import { openSocket } from "./raw-socket.ts";

/** One turn of the talk that opens a websocket: the texts that are said, and how the one begins that answers them. */
export interface Turn {
  readonly say: readonly string[];
  readonly hear: string;
}

/** A text that a server sends to see whether its client lives, beside the pings of RFC 6455, and what answers it. */
export interface KeepAlive {
  readonly hear: string;
  readonly say: string;
}

/** What a websocket is opened with. */
export interface WebsocketOptions {
  readonly port: number;
  readonly path: string;
  /** What is said and heard before it is of use. */
  readonly greeting: readonly Turn[];
  readonly keepAlive: KeepAlive | undefined;
}

/** The client's end of a websocket: answers pings, counts what it hears by length, and never looks into it. */
export class Websocket {
  /** Hears the length, in bytes, of every text or binary message after the greeting. */
  heard: (bytes: number) => void = () => {};
  /** Resolves when the greeting is over, rejects when the connection ends before. */
  readonly ready: Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #options: WebsocketOptions;
  readonly #opening = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<void>();
  #rest: Buffer | undefined;
  /** Which turn of the greeting is due; -1 before the upgrade. */
  #turn = -1;
  #isOpen = false;

  constructor(options: WebsocketOptions) {
    this.#options = options;
    this.ready = this.#opening.promise;
    this.ended = this.#ending.promise;
    this.#socket = openSocket(options.port, {
      open: () => this.#socket.write(upgradeRequest(options.path)),
      bytes: (bytes) => this.#hear(bytes),
      end: (cause) => {
        this.#opening.reject(new Error(`${options.path} was closed in its greeting`, { cause }));
        this.#ending.resolve();
      },
    });
  }

  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Closes as a browser does: with a close frame, and an end when the server has answered it. */
  async close(): Promise<void> {
    this.#socket.write(goodbye);
    await this.ended;
  }

  /** Ends without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  #hear(heard: Buffer): void {
    let bytes = this.#rest === undefined ? heard : Buffer.concat([this.#rest, heard]);
    this.#rest = undefined;
    if (this.#turn < 0) bytes = this.#hearUpgrade(bytes);
    const read = readFrames(bytes, (opcode, start, end) => this.#hearFrame(opcode, bytes, start, end));
    if (read < bytes.length) this.#rest = Buffer.from(bytes.subarray(read));
  }

  /** Answers what follows the head of the answer, or nothing as long as that is not whole. */
  #hearUpgrade(bytes: Buffer): Buffer {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return bytes;
    if (!bytes.toString("latin1", 0, 12).endsWith(" 101")) {
      this.#socket.destroy(new Error(bytes.toString("latin1", 0, end)));
      return bytes.subarray(bytes.length);
    }
    this.#begin(0);
    return bytes.subarray(end + 4);
  }

  #hearFrame(opcode: number, bytes: Buffer, start: number, end: number): void {
    switch (opcode) {
      case opcodes.text:
      case opcodes.binary:
        return this.#hearMessage(bytes, start, end);
      case opcodes.ping:
        this.#socket.write(clientFrame(opcodes.pong, bytes.subarray(start, end)));
        return;
      case opcodes.close:
        // Its echo, and then the server ends the connection.
        this.#socket.end(clientFrame(opcodes.close, bytes.subarray(start, Math.min(end, start + 2))));
        return;
      default:
        this.#socket.destroy(new Error(`a frame with opcode ${opcode}`));
    }
  }

  #hearMessage(bytes: Buffer, start: number, end: number): void {
    const { keepAlive, greeting } = this.#options;
    if (keepAlive !== undefined && keepAlive.hear === bytes.toString("latin1", start, end)) {
      this.#socket.write(clientFrame(opcodes.text, keepAlive.say));
      return;
    }
    if (this.#isOpen) return this.heard(end - start);
    const due = greeting[this.#turn]?.hear ?? "";
    if (!bytes.toString("utf8", start, end).startsWith(due)) {
      this.#socket.destroy(new Error(`heard ${bytes.toString("utf8", start, end)}, not ${due}`));
      return;
    }
    this.#begin(this.#turn + 1);
  }

  /** Goes to a turn of the greeting, or past its end. */
  #begin(turn: number): void {
    this.#turn = turn;
    const next = this.#options.greeting[turn];
    for (const text of next?.say ?? []) this.#socket.write(clientFrame(opcodes.text, text));
    if (next !== undefined) return;
    this.#isOpen = true;
    this.#opening.resolve();
  }
}

/** 1000, as `websocket.close()` of a page sends it. */
const goodbye = clientFrame(opcodes.close, Buffer.from([0x03, 0xe8]));
