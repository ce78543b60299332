/** The bytes of a request; with a body it is JSON. */
export function httpRequest(method: "GET" | "POST", path: string, body?: string): Buffer {
  const headers =
    body === undefined
      ? ""
      : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n${body ?? ""}`);
}

/** The bytes that ask for a websocket (RFC 6455, section 4.1); the key is the RFC's own, since nobody checks it. */
export function upgradeRequest(path: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
}
