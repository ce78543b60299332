import { join, type Ticket } from "../wire/test-peer.ts";
import { requestBytes, upgradeHeaders } from "../wire/raw-http.ts";
import { exchange, repeat } from "./exchange.ts";
import { type Findings, shownBytes, Tally } from "./findings.ts";
import { frameBytes } from "./frame-bytes.ts";
import { Random } from "./random.ts";
import { readServerFrames } from "./server-frames.ts";
import { agrees, type Stream, streamOf } from "./streams.ts";

/** What a run of cases is given. */
export interface Run {
  readonly url: string;
  readonly seed: number;
  /** The number of the first case; a case is the same whatever comes before it. */
  readonly first: number;
  readonly count: number;
  readonly perSecond?: number;
  readonly findings: Findings;
  /** Hears every session that was handed out. */
  readonly handedOut: (session: string) => void;
}

/** What came of it: closes and frames by their code, and how often each rule was put to the test alone. */
export interface WebsocketTally {
  readonly ends: Tally;
  readonly rules: Tally;
}

/** Sends mutated streams on websockets of their own, and holds what comes back against the reading of each. */
export async function runWebsockets(run: Run): Promise<WebsocketTally> {
  const { url, seed, first, count, findings } = run;
  const target = new URL(url);
  const upgrade = requestBytes({ target: "/ws", headers: upgradeHeaders });
  const tickets: (Ticket | undefined)[] = [];
  const tally = { ends: new Tally(), rules: new Tally() };

  const ticketOf = async (worker: number): Promise<Ticket> => {
    const known = tickets[worker];
    if (known !== undefined) return known;
    const ticket = await join(url, `fuzz ${first} ${worker} ${performance.now()}`);
    run.handedOut(ticket.session);
    tickets[worker] = ticket;
    return ticket;
  };

  await repeat({ count, atOnce: workers, ...rateOf(run) }, async (index, worker) => {
    const ticket = await ticketOf(worker);
    const random = new Random(seed, first + index);
    const stream = streamOf(ticket, random);
    const name = `case ws:${first + index}, ${stream.rule?.rule ?? "mutated"}: ${shownBytes(stream.bytes)}`;
    if (!agrees(stream)) findings.add("the fuzzer contradicts itself", name);
    const end = await send(target, upgrade, stream, random.oneIn(2));
    tally.ends.add(String(end.code ?? end.word));
    if (end.welcomed) tally.ends.add("WELCOME");
    if (stream.rule !== undefined) tally.rules.add(stream.rule.rule);
    const wrong = wrongWith(stream, end);
    if (wrong !== undefined) findings.add(`websocket: ${wrong}`, name);
    // A seat that was closed, or whose lease ended between two cases, is of no more use.
    if (stream.reading.attaches && end.code !== undefined) tickets[worker] = undefined;
  });
  return tally;
}

const workers = 32;

function rateOf({ perSecond }: Run): { perSecond?: number } {
  return perSecond === undefined ? {} : { perSecond };
}

interface End {
  readonly word: "closed" | "open" | "ended" | "silent" | "refused";
  readonly code: number | undefined;
  readonly pongs: readonly Buffer[];
  readonly welcomed: boolean;
  readonly wrong: string | undefined;
}

/** Sends the stream with the upgrade or after it. Where nothing decides the end, a last ping must be answered. */
async function send(url: URL, upgrade: Buffer, stream: Stream, together: boolean): Promise<End> {
  const { reading } = stream;
  const isOpen = reading.state === "open";
  const bytes = isOpen ? Buffer.concat([stream.bytes, lastPing]) : stream.bytes;
  let sent = together;
  const half = reading.state === "partial";
  const { got, by } = await exchange(url, {
    first: together ? Buffer.concat([upgrade, bytes]) : upgrade,
    half: half && together,
    read: (soFar, socket) => {
      const head = headEnd(soFar);
      if (head < 0) return false;
      if (!sent) {
        sent = true;
        if (half) socket.end(bytes);
        else socket.write(bytes);
      }
      return readServerFrames(soFar.subarray(head)).frames.some(
        ({ opcode, payload }) => opcode === 8 || (opcode === 10 && payload.equals(last)),
      );
    },
  });
  const head = headEnd(got);
  const nothing = { code: undefined, pongs: [], welcomed: false };
  if (head < 0) return { ...nothing, word: "refused", wrong: `no upgrade: ${got.toString("latin1", 0, 60)}` };
  const { frames, wrong } = readServerFrames(got.subarray(head));
  const close = frames.find(({ opcode }) => opcode === 8);
  return {
    word: close !== undefined ? "closed" : by === "enough" ? "open" : by,
    code: close === undefined ? undefined : close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(),
    pongs: frames.filter(({ opcode }) => opcode === 10).map(({ payload }) => payload),
    welcomed: frames.some(({ opcode, payload }) => opcode === 1 && payload.includes('"WELCOME"')),
    wrong,
  };
}

const last = Buffer.from("the last ping");
const lastPing = frameBytes({ opcode: 9, payload: last });

function headEnd(got: Buffer): number {
  if (got.length >= 12 && got.toString("latin1", 9, 12) !== "101") return -1;
  const end = got.indexOf("\r\n\r\n");
  return end < 0 ? -1 : end + 4;
}

/** What is wrong with the end of a stream, or nothing. */
function wrongWith({ reading }: Stream, end: End): string | undefined {
  if (end.wrong !== undefined) return end.wrong;
  if (end.word === "silent") return "no end, and no answer to the last ping";
  const expected = reading.state === "open" ? [...reading.pongs, last] : reading.pongs;
  if (!isPrefix(end.pongs, expected)) return "pongs that answer no ping";
  if (end.code === 1011) return "closed 1011, a bug";
  // Another worker's websocket never has this session; but its lease may have ended, or its log moved on.
  if (reading.attaches && end.code !== undefined && seatCodes.has(end.code)) return undefined;
  switch (reading.state) {
    case "open":
      return end.word === "open" ? undefined : `${shown(end)} where nothing was wrong`;
    case "closed":
      if (end.code !== undefined && reading.codes.includes(end.code)) return undefined;
      return `${shown(end)} instead of a close with ${reading.codes.join(" or ")}`;
    case "partial":
      return end.code === undefined || end.code === 4408 ? undefined : `${shown(end)} on half a frame`;
  }
}

const seatCodes: ReadonlySet<number> = new Set([4409, 4410, 4001]);

function shown({ word, code }: End): string {
  return code === undefined ? word : `${word} ${code}`;
}

function isPrefix(some: readonly Buffer[], all: readonly Buffer[]): boolean {
  return some.length <= all.length && some.every((one, at) => all[at]?.equals(one) === true);
}
