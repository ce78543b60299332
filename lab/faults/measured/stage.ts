import { makeAgent } from "../clients/asking.ts";
import { RedisServer } from "../../wire/redis.ts";
import { ServerProcess } from "../../wire/server-process.ts";

/** A Redis and servers, without load, that end with the row. */
export class Stage {
  readonly agent = makeAgent();
  readonly servers: ServerProcess[] = [];
  readonly redis: RedisServer;

  private constructor(redis: RedisServer) {
    this.redis = redis;
  }

  /** Runs something on it, and ends it however that ended. */
  static async use<Result>(run: (stage: Stage) => Promise<Result>): Promise<Result> {
    const stage = new Stage(await RedisServer.start());
    try {
      return await run(stage);
    } finally {
      stage.agent.destroy();
      for (const server of stage.servers) await server.end("SIGKILL");
      await stage.redis.remove();
    }
  }

  async serve(...flags: string[]): Promise<ServerProcess> {
    const server = await ServerProcess.start("--redis-addr", this.redis.addr, ...flags);
    this.servers.push(server);
    return server;
  }
}
