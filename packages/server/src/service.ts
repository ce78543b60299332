import { randomBytes } from "node:crypto";
import { startAdmin } from "./admin/server.ts";
import { memoryBackend } from "./backends/memory/memory-backend.ts";
import { BackendTime } from "./calls/backend-time.ts";
import { CallFeeds } from "./calls/feed/call-feeds.ts";
import { mintSessions } from "./calls/mint-sessions.ts";
import { admitEveryone } from "./calls/ports/admission.ts";
import type { Backend } from "./calls/ports/backend.ts";
import type { Gauges, Reporter } from "./calls/ports/telemetry.ts";
import type { PresenceDriver } from "./calls/presence/driver.ts";
import { findDemoFiles } from "./demo-files.ts";
import { descriptorLimit } from "./descriptor-limit.ts";
import { completeSettings, type SettingsInput } from "./settings/complete-settings.ts";
import { readIceOptions } from "./settings/ice-options.ts";
import { readSecret } from "./settings/read-secret.ts";
import type { Settings } from "./settings/rows.ts";
import { Timers } from "./timers.ts";
import { closeServer } from "./transports/http/kit/close.ts";
import { listen } from "./transports/http/kit/listener.ts";
import { httpServer } from "./transports/http/server.ts";
import { noFiles } from "./transports/http/static-files.ts";
import { drainSockets } from "./transports/websocket/drain.ts";
import { websocketEndpoint } from "./transports/websocket/endpoint.ts";
import { EventFrames } from "./transports/websocket/frames.ts";
import type { WebsocketContext } from "./transports/websocket/websocket-context.ts";
import { Wheel } from "./transports/websocket/wheel.ts";

/** The options of a service: any settings, as values or as the text of their flags. Two options have no flag. */
export interface ServiceOptions extends SettingsInput {
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
  /** Current values of this service, to be read at any time. */
  readonly gauges: Gauges;
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
  const settings = completeSettings(chosen);
  // First, because nothing is open yet if this throws.
  const ice = await readIceOptions(settings);
  const files = settings.demo ? await findDemoFiles() : noFiles;
  const backend = given ?? (await openBackend(settings, report));
  let draining = false;

  const timers = new Timers();
  const websocketContext = websocketContextOf(settings, backend, report, timers);
  const { server, countConnections } = httpServer({
    ...websocketContext,
    admission: admitEveryone,
    ice,
    files,
    origins: settings.origin,
    bodyLimitBytes: settings.bodyLimitBytes,
    requestTimeoutMs: settings.requestTimeoutMs,
    maxConnections: settings.maxConnections ?? Math.floor((descriptorLimit() ?? Infinity) * 0.9),
    draining: () => draining,
    upgrade: websocketEndpoint(websocketContext),
  });

  const gauges: Gauges = {
    websockets: () => websocketContext.drivers.size,
    calls: () => websocketContext.callFeeds.size,
    connections: countConnections,
  };

  async function release(): Promise<void> {
    timers.stop();
    websocketContext.deadlines.stop();
    await websocketContext.callFeeds.close();
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
    report({ event: "draining", sockets: gauges.websockets() });
    // If the seats end with this process, a gradual drain has no advantage.
    await drainSockets(websocketContext, backend.outlivesProcess ? settings.drainTimeoutMs : 0);
    await closeServer(server, settings.requestTimeoutMs);
    await release();
    await admin.close();
    report({ event: "stopped" });
  }

  let stopping: Promise<void> | undefined;
  return { url, adminUrl, gauges, close: () => (stopping ??= stop()) };
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
  // Loaded on demand: the client library for Redis takes some 25 MB of memory.
  const { openRedisBackend } = await import("./backends/redis/redis-backend.ts");
  return openRedisBackend({
    tls,
    username,
    password,
    database,
    topology: "name" in target ? { sentinels, master: target.name } : target,
    prefix: settings.redisPrefix,
    probeMs: settings.redisProbeIntervalMs,
    report,
  });
}

function websocketContextOf(
  settings: Settings,
  backend: Backend,
  report: Reporter,
  timers: Timers,
): WebsocketContext {
  const {
    wsPingIntervalMs: pingIntervalMs,
    wsReadTimeoutMs: readTimeoutMs,
    wsJoinTimeoutMs: joinTimeoutMs,
  } = settings;
  const now = (): number => performance.now();
  let operations = 0;
  const nextOperation = (): number => (operations += 1);
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
    later: timers.later,
    callFeeds: new CallFeeds({ backend, report, later: timers.later, now, nextOperation }),
    backendTime: new BackendTime(),
    presenceOptions: { pingIntervalMs, readTimeoutMs },
    // A deadline is detected late by a tenth of the shortest interval at most. The wheel turns at most 200 times a second.
    deadlines: new Wheel<PresenceDriver>(
      Math.min(20, Math.max(5, Math.min(pingIntervalMs, joinTimeoutMs) / 10)),
      now,
      (driver, at) => driver.tick(at),
    ),
    frames: new EventFrames(),
    drivers: new Set(),
    sendBufferBytes: settings.wsSendBufferBytes,
    joinTimeoutMs,
    now,
    nextOperation,
    random: Math.random,
  };
}
