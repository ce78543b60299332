/**
 * socket.io with its Redis adapter, as the two packages' documents set them up: a room for each call, and a signal is
 * emitted to everybody in it but its sender.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [, , redisPort] = process.argv;
const publisher = createClient({ url: `redis://127.0.0.1:${redisPort}` });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const server = createServer();
const io = new Server(server, { adapter: createAdapter(publisher, subscriber) });
// "Memory usage" in its documents: the request that opened a connection need not be kept.
io.engine.on("connection", (socket: { request: unknown }) => {
  socket.request = null;
});
io.on("connection", (socket) => {
  let room = "";
  socket.on("join", async (call: string, joined: () => void) => {
    room = call;
    await socket.join(call);
    joined();
  });
  socket.on("signal", (signal: unknown) => void socket.to(room).emit("signal", signal));
});
server.listen(0, "127.0.0.1", () => {
  const { port }: Partial<AddressInfo> = Object(server.address());
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
