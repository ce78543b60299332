// Starts a service inside this program, joins a call from the same program, and prints what happens.
import { startService } from "webrtc-signals";
import { joinCall } from "webrtc-signals-client";

const anyPort = { host: "127.0.0.1", port: 0 };
const service = await startService({ addr: anyPort, healthzAddr: anyPort, seatCount: 2 });

const first = await joinCall(service.url, "tea");
const second = await joinCall(service.url, "tea");
await second.offer("hello");
for await (const { kind, body } of first) {
  console.log(kind, kind === "OFFER" ? body : "");
  if (kind === "OFFER") break;
}

await Promise.all([first.leave(), second.leave()]);
await service.close();
