import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { requestBytes } from "../wire/raw-http.ts";
import { Bystanders } from "./bystanders.ts";
import { type Findings, Tally } from "./findings.ts";
import type { Options } from "./options.ts";
import { Random } from "./random.ts";
import { say } from "./say.ts";
import { Target } from "./target.ts";
import { measure } from "./under-attack.ts";

const connections = 2;
/** How many requests are on their way on a connection: few, since whoever comes between waits for all of them. */
const atOnce = 8;

/** Guesses sessions of calls on which people are, by leaving and by signalling, as fast as a few connections do. */
export async function runGuesses({ seed, guesses }: Options, findings: Findings): Promise<void> {
  const target = await Target.start([]);
  const url = new URL(target.url);
  const bystanders = await Bystanders.start(target.url);
  await bystanders.during(() => wait(3000));
  const before = await target.kept();
  const answers = new Tally();
  const rounds = 5;
  for (let round = 0; round < rounds; round += 1) {
    await measure(`guessed sessions, round ${round + 1}`, bystanders, findings, async () => {
      const started = performance.now();
      const each = Math.ceil(guesses / rounds / connections);
      const randoms = Array.from(
        { length: connections },
        (_, at) => new Random(seed, round * connections + at),
      );
      await Promise.all(randoms.map((random) => guess(url, random, each, answers)));
      return `so far ${String(answers)}, in ${((performance.now() - started) / 1000).toFixed(0)} s`;
    });
  }
  const grown = (await target.kept()) - before;
  say(`memory: ${(grown / 1024).toFixed(0)} KiB more after ${String(answers)}`);
  if ([...answers.counts.keys()].join() !== "409")
    findings.add("a guess that was not refused with 409", String(answers));
  if (grown > 1024 * 1024) findings.add("memory grows", `${grown} bytes after guesses`);
  const died = await target.died();
  if (died !== undefined) findings.add("crash", died);
  bystanders.end();
  await target.end();
}

function guess(url: URL, random: Random, count: number, answers: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    let sent = 0;
    let answered = 0;
    let rest = "";
    const more = (): void => {
      const batch = Array.from({ length: Math.min(atOnce, count - sent) }, () => guessBytes(random));
      sent += batch.length;
      socket.write(Buffer.concat(batch));
    };
    socket.on("connect", more);
    socket.on("data", (chunk: Buffer) => {
      const text = rest + chunk.toString("latin1");
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)];
      for (const [, status = ""] of statuses) answers.add(status);
      answered += statuses.length;
      // A status line may be cut in two, and none is seen twice: what is kept is shorter than one.
      rest = text.slice(-12).replace(/.*HTTP\/1\.1 \d{3} /s, "");
      if (answered === count) end(socket, resolve);
      else if (answered === sent) more();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the server ended a connection after ${answered} guesses`)));
  });
}

function end(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners("close");
  socket.resetAndDestroy();
  resolve();
}

function guessBytes(random: Random): Buffer {
  const session = random.bytes(20).toString("base64url");
  const call = `well behaved ${random.below(4)}`;
  const isLeave = random.oneIn(2);
  const message = isLeave ? { kind: "LEAVE", call, session } : { kind: "OFFER", call, session, body: "x" };
  return requestBytes({
    method: "POST",
    target: isLeave ? "/leave" : "/signal",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });
}
