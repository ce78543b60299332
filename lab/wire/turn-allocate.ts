import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** What a TURN server made of an Allocate (RFC 8656): `relayed`, or the code of its error. */
export type Allocation = "relayed" | number;

/** Asks a TURN server on loopback for a relayed address by UDP, as a client with these credentials would. */
export async function allocate(port: number, username: string, credential: string): Promise<Allocation> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  try {
    // The first one goes without credentials: its refusal tells realm and nonce.
    const challenge = await ask(socket, port, request([transport]));
    const [realm, nonce] = [attributeOf(challenge, types.realm), attributeOf(challenge, types.nonce)];
    if (realm === undefined || nonce === undefined) throw new Error("the server asked for no credentials");
    const key = createHash("md5").update(`${username}:${realm.toString()}:${credential}`).digest();
    const own = [
      transport,
      attribute(types.username, Buffer.from(username)),
      attribute(types.realm, realm),
      attribute(types.nonce, nonce),
    ];
    return outcomeOf(await ask(socket, port, signed(request(own), key)));
  } finally {
    socket.close();
  }
}

const types = { username: 0x0006, integrity: 0x0008, error: 0x0009, realm: 0x0014, nonce: 0x0015 } as const;
const allocateRequest = 0x0003;
const allocateSuccess = 0x0103;

/** REQUESTED-TRANSPORT: UDP, which is 17. */
const transport = attribute(0x0019, Buffer.from([17, 0, 0, 0]));

function request(attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(allocateRequest, 0);
  header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(header, 8);
  return Buffer.concat([header, body]);
}

/** Adds MESSAGE-INTEGRITY, which is computed over a message whose length already counts it (RFC 8489, section 14.5). */
function signed(message: Buffer, key: Buffer): Buffer {
  message.writeUInt16BE(message.readUInt16BE(2) + 24, 2);
  const digest = createHmac("sha1", key).update(message).digest();
  return Buffer.concat([message, attribute(types.integrity, digest)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)]);
}

function attributeOf(message: Buffer, wanted: number): Buffer | undefined {
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2);
    if (message.readUInt16BE(at) === wanted) return message.subarray(at + 4, at + 4 + length);
    at += 4 + length + (-length & 3);
  }
  return undefined;
}

function outcomeOf(answer: Buffer): Allocation {
  if (answer.readUInt16BE(0) === allocateSuccess) return "relayed";
  const error = attributeOf(answer, types.error);
  if (error === undefined) throw new Error("the server answered neither an address nor an error");
  return error.readUInt8(2) * 100 + error.readUInt8(3);
}

async function ask(socket: Socket, port: number, message: Buffer): Promise<Buffer> {
  socket.send(message, port, "127.0.0.1");
  const [answer]: Buffer[] = await once(socket, "message", { signal: AbortSignal.timeout(5000) });
  if (answer === undefined) throw new Error("the server answered nothing");
  return answer;
}
