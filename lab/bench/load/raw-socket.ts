import { connect, type Socket } from "node:net";

/** What a raw socket tells: bytes that are good only until the call returns, and its end. */
export interface SocketEars {
  readonly open: () => void;
  readonly bytes: (bytes: Buffer) => void;
  readonly end: (error: Error | undefined) => void;
}

/**
 * Connects to a port of loopback. All sockets of the process read into one buffer, since each hands its bytes on at once:
 * no allocation per read, and nothing kept per idle socket.
 */
export function openSocket(port: number, ears: SocketEars): Socket {
  let failure: Error | undefined;
  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: {
      buffer: chunk,
      callback: (length) => {
        ears.bytes(chunk.subarray(0, length));
        return true;
      },
    },
  });
  socket.on("connect", ears.open);
  socket.on("error", (error) => {
    failure = error;
  });
  socket.on("close", () => ears.end(failure));
  return socket;
}

const chunk = Buffer.allocUnsafeSlow(256 * 1024);
