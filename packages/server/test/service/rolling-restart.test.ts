import assert from "node:assert/strict";
import test from "node:test";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { join, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

const calls = 20;

/** One call under load: one peer sends numbered signals, the other hears them and follows every 1012. */
class Conversation {
  readonly heard: number[] = [];
  readonly closes: number[] = [];
  sent = 0;
  #urls: readonly string[];
  readonly #sender: Ticket;
  readonly #hearer: Ticket;
  #over = false;
  /** Undefined for a client of the seed, which answers pings and knows no more. */
  #seq: number | undefined;

  private constructor(urls: readonly string[], sender: Ticket, hearer: Ticket, resumes: boolean) {
    this.#seq = resumes ? 0 : undefined;
    this.#urls = urls;
    this.#sender = sender;
    this.#hearer = hearer;
  }

  static async start(urls: readonly string[], name: string, resumes: boolean): Promise<Conversation> {
    const [first = "", second = ""] = urls;
    return new Conversation(urls, await join(first, name), await join(second, name), resumes);
  }

  /** Sends and hears until `end`; the sender's own websocket holds its seat meanwhile. */
  async run(): Promise<void> {
    await Promise.all([this.#hold(), this.#hear(), this.#send()]);
  }

  serve(urls: readonly string[]): void {
    this.#urls = urls;
  }

  end(): void {
    this.#over = true;
  }

  async #send(): Promise<void> {
    while (!this.#over) {
      const [url = ""] = this.#urls;
      const status = await signal(url, this.#sender, "CANDIDATE", String(this.sent)).catch(() => 0);
      if (status === 200) this.sent += 1;
      else assert.ok(status === 0 || status === 503, `signal answered ${status}`);
    }
    while ((await signal(this.#urls[0] ?? "", this.#sender, "OFFER", "end").catch(() => 0)) !== 200);
  }

  async #hear(): Promise<void> {
    for (;;) {
      const peer = await this.#attach(this.#hearer, this.#seq);
      try {
        for (;;) {
          const { kind, seq, body } = await peer.next();
          this.#seq = seq;
          if (kind === "OFFER") return peer.vanish();
          if (kind === "CANDIDATE") this.heard.push(Number(body));
        }
      } catch {
        this.closes.push((await peer.closed).code);
      }
    }
  }

  async #hold(): Promise<void> {
    while (!this.#over) {
      const peer = await this.#attach(this.#sender, 0);
      await Promise.race([peer.closed, until(() => this.#over)]);
      if (this.#over) peer.vanish();
      else this.closes.push((await peer.closed).code);
    }
  }

  async #attach(ticket: Ticket, seq: number | undefined): Promise<TestPeer> {
    for (;;) {
      for (const url of this.#urls) {
        const peer = await TestPeer.attach(url, ticket, seq).catch(() => undefined);
        if (peer !== undefined) return peer;
      }
    }
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test("rolling restart › two processes, drained one after the other under load: closes 1012 only, nothing lost or heard twice", async (t) => {
  const redis = await RedisServer.start();
  const servers: ServerProcess[] = [];
  t.after(async () => {
    for (const server of servers) await server.end("SIGKILL");
    await redis.remove();
  });
  const start = async (): Promise<ServerProcess> => {
    const server = await ServerProcess.start("--redis-addr", redis.addr, "--drain-timeout", "500ms");
    servers.push(server);
    return server;
  };
  const [a, b] = [await start(), await start()];
  const talks = await Promise.all(
    Array.from({ length: calls }, (_, i) => Conversation.start([a.url, b.url], `call ${i}`, i % 2 === 0)),
  );
  const running = Promise.all(talks.map((talk) => talk.run()));
  const progress = (count: number): Promise<void> => {
    const from = talks.map(({ heard }) => heard.length);
    return until(() => talks.every(({ heard }, i) => heard.length >= (from[i] ?? 0) + count));
  };
  await progress(5);
  for (const [leaving, staying] of [
    [a, b],
    [b, undefined],
  ] as const) {
    const other = staying ?? (await start());
    // As a load balancer does: what drains is no longer asked for new work.
    for (const talk of talks) talk.serve([other.url, leaving.url]);
    assert.equal(await leaving.end("SIGTERM"), 0);
    for (const talk of talks) talk.serve([other.url]);
    await progress(5);
  }
  for (const talk of talks) talk.end();
  await running;
  for (const { heard, sent, closes } of talks) {
    assert.deepEqual(
      heard,
      Array.from({ length: sent }, (_, i) => i),
    );
    assert.ok(closes.length >= 2 && closes.every((code) => code === 1012), String(closes));
  }
});
