import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { RedisProcess } from "./redis-process.ts";
import { RedisServer } from "./redis.ts";

/** What a group is made of. */
export interface GroupOptions {
  /** More arguments of the first redis-server, the master. */
  readonly masterArgs?: readonly string[];
  /** Two, unless said. */
  readonly replicas?: number;
}

/** A real master with its replicas, and three real Sentinels that watch them, all on ports of their own. */
export class SentinelGroup {
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly Sentinel[];

  private constructor(servers: readonly RedisServer[], sentinels: readonly Sentinel[]) {
    this.servers = servers;
    this.sentinels = sentinels;
  }

  /** Starts one that is ready to fail over, and removes it after the test. */
  static async start(
    t: { after(remove: () => Promise<void>): void },
    { masterArgs = [], replicas = 2 }: GroupOptions = {},
  ): Promise<SentinelGroup> {
    const master = await RedisServer.start(...masterArgs);
    t.after(() => master.remove());
    const servers = [master];
    while (servers.length < 1 + replicas) {
      const replica = await RedisServer.start("--replicaof", "127.0.0.1", String(master.port));
      t.after(() => replica.remove());
      servers.push(replica);
    }
    const sentinels: Sentinel[] = [];
    while (sentinels.length < 3) {
      const sentinel = await Sentinel.start(groupName, master.port);
      t.after(() => sentinel.remove());
      sentinels.push(sentinel);
    }
    const group = new SentinelGroup(servers, sentinels);
    for (const sentinel of sentinels) await sentinel.until(groupName, "num-other-sentinels", "2");
    await group.untilReady();
    return group;
  }

  /** The text of `--redis-sentinel`. */
  get list(): string {
    return this.sentinels.map(({ addr }) => addr).join(",");
  }

  /** The flags of a service that uses it. */
  get flags(): readonly string[] {
    return ["--redis-sentinel", this.list, "--redis-master", groupName];
  }

  /** The server that the Sentinels name now. */
  async master(): Promise<RedisServer> {
    const [sentinel] = this.sentinels;
    const [, port] =
      (await sentinel?.command<string[]>("SENTINEL", "GET-MASTER-ADDR-BY-NAME", groupName)) ?? [];
    const server = this.servers.find((one) => String(one.port) === port);
    if (server === undefined) throw new Error(`no server of the group has port ${port}`);
    return server;
  }

  /** Waits until all Sentinels name another master than this one, and answers it. */
  async successorOf(former: RedisServer): Promise<RedisServer> {
    for (const sentinel of this.sentinels) {
      for (;;) {
        const [, port] = await sentinel.command<string[]>("SENTINEL", "GET-MASTER-ADDR-BY-NAME", groupName);
        if (port !== String(former.port)) break;
        await wait(20);
      }
    }
    return this.master();
  }

  /** Waits until every server but the master is a replica that each Sentinel would make the master. */
  async untilReady(): Promise<void> {
    for (const sentinel of this.sentinels) {
      for (;;) {
        const replicas = await sentinel.command<Record<string, string>[]>("SENTINEL", "REPLICAS", groupName);
        const ready = replicas.filter(
          ({ flags, "master-link-status": link }) => flags === "slave" && link === "ok",
        );
        if (ready.length === this.servers.length - 1) break;
        await wait(50);
      }
    }
  }

  /** Waits until a server's ROLE holds a word, such as `master`, `slave` or, of a replica in step, `connected`. */
  async untilRole(server: RedisServer, word: string): Promise<void> {
    for (;;) {
      const role = await server.command<unknown[]>("ROLE").catch((): unknown[] => []);
      if (role.includes(word)) return;
      await wait(20);
    }
  }
}

/** What the Sentinels of a group know it by. */
export const groupName = "mymaster";

/** A real Sentinel. */
export class Sentinel extends RedisProcess {
  /** Starts one that watches a master, and notices soon. */
  static async start(name: string, masterPort: number, lines: readonly string[] = []): Promise<Sentinel> {
    const sentinel = new Sentinel(await freePort(), await mkdtemp(join(tmpdir(), "signals-sentinel-")));
    const { port, folder } = sentinel;
    const file = join(folder, "sentinel.conf");
    await writeFile(
      file,
      [
        `port ${port}`,
        "bind 127.0.0.1",
        `dir ${folder}`,
        `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
        `sentinel down-after-milliseconds ${name} 500`,
        `sentinel failover-timeout ${name} 3000`,
        ...lines,
        "",
      ].join("\n"),
    );
    await sentinel.run([file, "--sentinel"], "+monitor master");
    return sentinel;
  }

  /** Waits until what it knows of a master says so. */
  async until(name: string, field: string, value: string): Promise<void> {
    for (;;) {
      const facts = await this.command<Record<string, string>>("SENTINEL", "MASTER", name);
      if (facts[field] === value) return;
      await wait(20);
    }
  }
}
