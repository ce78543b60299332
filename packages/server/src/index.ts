/**
 * signals, embedded: `startService` serves calls from your own process.
 *
 *     import { startService } from "webrtc-signals";
 *     const service = await startService({ addr: { port: 8080 }, seatCount: 3 });
 *     console.log(service.url);
 *     await service.close();
 */
export { type Service, type ServiceOptions, startService } from "./service.ts";
export { memoryBackend } from "./backends/memory/memory-backend.ts";
export type { Backend, CallLimits, ChannelListener, Channels } from "./calls/ports/backend.ts";
export { BackendError } from "./calls/ports/backend.ts";
export type { Address } from "./settings/codecs/address.ts";
export type { RedisAccess, RedisAddress } from "./backends/redis/node/address.ts";
export type { RedisMaster } from "./settings/codecs/redis-master.ts";
export type { Settings } from "./settings/rows.ts";
export type { IceServer } from "webrtc-signals-protocol";
export type { Gauges, Report, Reporter } from "./calls/ports/telemetry.ts";
export { logReports } from "./telemetry/log.ts";
