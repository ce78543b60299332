import { randomBytes } from "node:crypto";
import { startAdmin } from "./admin/server.ts";
import { CallFeeds } from "./calls/feed/call-feeds.ts";
import { memoryBackend } from "./backends/memory/memory-backend.ts";
import { openRedisBackend } from "./backends/redis/redis-backend.ts";
import { admitEveryone } from "./calls/ports/admission.ts";
import type { Backend } from "./calls/ports/backend.ts";
import { BackendTime } from "./calls/backend-time.ts";
import { mintSessions } from "./calls/mint-sessions.ts";
import type { Reporter } from "./calls/ports/telemetry.ts";
import { descriptorLimit } from "./descriptor-limit.ts";
import { iceOptionsOf } from "./ice-rules.ts";
import { findDemoFiles } from "./demo-files.ts";
import { readSecret } from "./read-secret.ts";
import { type GivenSettings, settingsOf } from "./settings/given.ts";
import type { Settings } from "./settings/rows.ts";
import { EventFrames } from "./transports/frames.ts";
import { closeServer } from "./transports/http/kit/close.ts";
import { listen } from "./transports/http/kit/listener.ts";
import { httpServer } from "./transports/http/server.ts";
import { noFiles } from "./transports/http/static-files.ts";
import type { AttachContext, Attaching } from "./transports/websocket/attach-context.ts";
import { drainSockets } from "./transports/websocket/drain.ts";
import { websocketEndpoint } from "./transports/websocket/endpoint.ts";
import { Timers } from "./timers.ts";
import { Wheel } from "./transports/websocket/wheel.ts";

/** The options of a service: any settings, as values or as the text of their flags, and two that have no flag. */
export interface ServiceOptions extends GivenSettings {
  /** The store of the calls; by default, memory or Redis as the settings choose. A store passed in is not closed. */
  readonly backend?: Backend;
  /** Receives all reports. By default they are discarded. */
  readonly report?: Reporter;
}

/** A running service. */
export interface Service {
  /** The URL of the service's own port, such as `http://localhost:8080`. */
  readonly url: string;
  /** The URL of the admin port, with health checks and pprof. */
  readonly adminUrl: string;
  /** Drains, then stops. Resolves when everything is closed. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the service and resolves once it listens on both ports.
 * @throws TypeError with a line for each setting that is wrong; the system's error when it can't listen, or can't read
 * a file that a setting names; SettingFileError when such a file does not hold what it should, or `demo` finds no page.
 */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { backend: given, report = ignore, ...chosen } = options;
  const settings = settingsOf(chosen);
  // First, because nothing is open yet if this throws.
  const ice = await iceOptionsOf(settings);
  const files = settings.demo ? await findDemoFiles() : noFiles;
  const backend = given ?? (await openBackend(settings, report));
  let draining = false;

  const timers = new Timers();
  const attachContext = attachContextOf(settings, backend, report, timers);
  const server = httpServer({
    ...attachContext,
    admission: admitEveryone,
    ice,
    files,
    origins: settings.origin,
    bodyLimitBytes: settings.bodyLimitBytes,
    requestTimeoutMs: settings.requestTimeoutMs,
    maxConnections: settings.maxConnections ?? Math.floor((descriptorLimit() ?? Infinity) * 0.9),
    draining: () => draining,
    upgrade: websocketEndpoint(attachContext),
  });

  async function release(): Promise<void> {
    timers.stop();
    attachContext.wheel.stop();
    await attachContext.callFeeds.close();
    if (given === undefined) await backend.close();
  }

  if (!backend.outlivesProcess) report({ event: "notice", level: "info", text: inProcessNotice });
  const health = { reachable: () => backend.reachable(), draining: () => draining };
  let url: string;
  let admin: Awaited<ReturnType<typeof startAdmin>>;
  try {
    url = await listen(server, settings.addr);
    admin = await startAdmin({ ...settings.healthzAddr, health });
  } catch (error) {
    server.close();
    await release();
    throw error;
  }
  const adminUrl = admin.url;
  report({ event: "serving", url, adminUrl });

  async function stop(): Promise<void> {
    draining = true;
    report({ event: "draining", sockets: attachContext.sockets.size });
    // If the seats end with this process, a gradual drain has no advantage.
    await drainSockets(attachContext, backend.outlivesProcess ? settings.drainTimeoutMs : 0);
    await closeServer(server, settings.requestTimeoutMs);
    await release();
    await admin.close();
    report({ event: "stopped" });
  }

  let stopping: Promise<void> | undefined;
  return { url, adminUrl, close: () => (stopping ??= stop()) };
}

const inProcessNotice =
  "calls live in this process alone and end with it; --redis-addr shares them between processes";

function ignore(): void {}

/** Opens the Redis that the settings name, or else keeps calls in this process's memory. */
async function openBackend(settings: Settings, report: Reporter): Promise<Backend> {
  const { redisAddr, redisSentinel: sentinels, redisMaster, redisPassword, redisPasswordFile } = settings;
  const target = redisMaster ?? redisAddr;
  if (target === undefined) return memoryBackend();
  const password = target.password ?? ((await readSecret(redisPassword, redisPasswordFile)) || undefined);
  const { tls, username, database } = target;
  return openRedisBackend({
    tls,
    username,
    password,
    database,
    place: "name" in target ? { sentinels, master: target.name } : target,
    prefix: settings.redisPrefix,
    probeMs: settings.redisProbeIntervalMs,
    report,
  });
}

function attachContextOf(
  settings: Settings,
  backend: Backend,
  report: Reporter,
  timers: Timers,
): AttachContext {
  const {
    wsPingIntervalMs: pingIntervalMs,
    wsReadTimeoutMs: readTimeoutMs,
    wsJoinTimeoutMs: joinTimeoutMs,
  } = settings;
  const now = (): number => performance.now();
  return {
    backend,
    limits: {
      seatCount: settings.seatCount,
      leaseMs: settings.seatTimeoutMs,
      logEntries: settings.logEntries,
      logBytes: settings.logBytes,
    },
    report,
    newSession: mintSessions(randomBytes),
    callFeeds: new CallFeeds(backend, report, timers.later),
    backendTime: new BackendTime(),
    presenceOptions: { pingIntervalMs, readTimeoutMs },
    // A deadline is detected late by a tenth of the shortest interval at most. The wheel turns at most 200 times a second.
    wheel: new Wheel<Attaching>(
      Math.min(20, Math.max(5, Math.min(pingIntervalMs, joinTimeoutMs) / 10)),
      now,
      (socket, at) => socket.drive({ type: "tick", now: at }),
    ),
    frames: new EventFrames(),
    sockets: new Set(),
    sendBufferBytes: settings.wsSendBufferBytes,
    joinTimeoutMs,
    now,
    random: Math.random,
  };
}
