import {
  type PeerConfig,
  type RTCDataChannel,
  type RTCIceCandidateInit,
  RTCPeerConnection,
  type RTCSessionDescriptionInit,
  useAV1,
  useAbsSendTime,
  useFIR,
  useG722,
  useH264,
  useNACK,
  useOPUS,
  usePCMA,
  usePCMU,
  usePLI,
  useREMB,
  useSdesMid,
  useSdesRTPStreamId,
  useTWCC,
  useTransportWideCC,
  useVP8,
  useVP9,
} from "werift";
import type { Message, SignalKind } from "webrtc-signals-protocol";
import { join, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

/** A signal as the other peer is to hear it. */
export interface Posted {
  readonly kind: SignalKind;
  readonly call: string;
  readonly body: string;
}

export interface PeerOptions {
  /** Comes between hearing the OFFER and posting the ANSWER. */
  readonly beforeAnswer?: () => Promise<void>;
}

/**
 * A peer of a real WebRTC stack, written as a client of the original is: it joins, attaches with the JOIN it
 * got, and offers when it hears PEER. The one thing the original lacked is that it trickles its candidates.
 */
export class WeriftPeer {
  /** Its websocket now; another one follows where its process dies. */
  signaling: TestPeer;
  /** Every signal the service took, in order. */
  readonly posted: Posted[] = [];
  readonly #urls: readonly string[];
  readonly #ticket: Ticket;
  readonly #beforeAnswer: () => Promise<void>;
  /** The frames it has acted on: who comes back may hear again what no pong has proven. */
  readonly #known = new Set<string>();
  readonly #connection = connect();
  readonly #opened = Promise.withResolvers<RTCDataChannel>();
  readonly #told = Promise.withResolvers<void>();
  readonly #conversation: Promise<void>;
  #posting: Promise<void> = Promise.resolve();
  #leaving = false;

  private constructor(urls: readonly string[], ticket: Ticket, signaling: TestPeer, more: PeerOptions) {
    this.#urls = urls;
    this.#ticket = ticket;
    this.signaling = signaling;
    this.#beforeAnswer = more.beforeAnswer ?? (async () => {});
    this.#connection.onDataChannel.subscribe((channel) => this.#await(channel));
    this.#connection.onIceCandidate.subscribe((candidate) => {
      if (candidate !== undefined) this.#post("CANDIDATE", candidate);
    });
    this.#conversation = this.#converse();
  }

  /** Joins, attaches, and resolves on WELCOME; from then on it does what a peer does. */
  static async enter(urls: readonly string[], call: string, more: PeerOptions = {}): Promise<WeriftPeer> {
    const [url = ""] = urls;
    const ticket = await join(url, call);
    return new WeriftPeer(urls, ticket, await TestPeer.attach(url, ticket), more);
  }

  /** The data channel, once it is open and the service took all this peer had to say; fails as the peer does. */
  async connected(): Promise<RTCDataChannel> {
    const connected = Promise.all([this.#opened.promise, this.#told.promise]);
    await Promise.race([connected, this.#conversation]);
    return this.#opened.promise;
  }

  /** Closes everything; fails when anything went wrong before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving = true;
    await this.#connection.close();
    this.signaling.socket.close();
    await this.signaling.closed;
    await this.#conversation;
  }

  async #converse(): Promise<void> {
    while (!this.#leaving) {
      const message = await this.signaling.next().catch(() => undefined);
      if (message !== undefined) await this.#hearOnce(message);
      else if (!this.#leaving) this.signaling = await this.#attachAgain();
    }
  }

  async #hearOnce(message: Message): Promise<void> {
    const frame = JSON.stringify(message);
    if (this.#known.has(frame)) return;
    this.#known.add(frame);
    await this.#hear(message);
  }

  /** Attaches by the seed's handshake alone, wherever a process serves; fails where none does. */
  async #attachAgain(): Promise<TestPeer> {
    const attempts = this.#urls.map(async (url) => TestPeer.attach(url, this.#ticket));
    return Promise.any(attempts);
  }

  async #hear({ kind, body = "" }: Message): Promise<void> {
    if (kind === "PEER") {
      this.#await(this.#connection.createDataChannel("talk"));
      addMedia(this.#connection);
      await this.#describe("OFFER", await this.#connection.createOffer());
    } else if (kind === "OFFER") {
      await this.#connection.setRemoteDescription(readDescription(body));
      await this.#beforeAnswer();
      await this.#describe("ANSWER", await this.#connection.createAnswer());
    } else if (kind === "ANSWER") await this.#connection.setRemoteDescription(readDescription(body));
    else if (kind === "CANDIDATE") await this.#connection.addIceCandidate(readCandidate(body));
    else throw new Error(`nobody should hear ${kind} here`);
  }

  /** Posts the description before it gathers, so that every candidate can only come by a CANDIDATE. */
  async #describe(kind: "OFFER" | "ANSWER", description: RTCSessionDescriptionInit): Promise<void> {
    this.#post(kind, description);
    // Resolves when all candidates are gathered; each has been posted as it was found.
    await this.#connection.setLocalDescription(description);
    await this.#posting;
    this.#told.resolve();
  }

  /** One after the other, so that they keep their order. */
  #post(kind: SignalKind, content: object): void {
    const body = JSON.stringify(content);
    this.#posting = this.#posting.then(async () => {
      const status = await this.#signalSomewhere(kind, body);
      if (status !== 200) throw new Error(`${kind} was answered ${status}`);
      this.posted.push({ kind, call: this.#ticket.call, body });
    });
  }

  async #signalSomewhere(kind: SignalKind, body: string): Promise<number> {
    for (const url of this.#urls) {
      const status = await signal(url, this.#ticket, kind, body).catch(() => undefined);
      if (status !== undefined) return status;
    }
    throw new Error("no process answers");
  }

  #await(channel: RTCDataChannel): void {
    channel.stateChanged.subscribe((state) => {
      if (state === "open") this.#opened.resolve(channel);
    });
    if (channel.readyState === "open") this.#opened.resolve(channel);
  }
}

/** What a peer with camera and microphone posts as its OFFER: several KB of SDP, in JSON. */
export async function makeOffer(): Promise<string> {
  const connection = connect();
  connection.createDataChannel("talk");
  addMedia(connection);
  const offer = await connection.createOffer();
  await connection.close();
  return JSON.stringify(offer);
}

const feedback = [useFIR(), useNACK(), usePLI(), useREMB(), useTWCC()];

const configuration: Partial<PeerConfig> = {
  // No STUN server and no interface but loopback, so that any machine will do; two addresses of it, so that
  // more than one candidate trickles.
  iceServers: [],
  iceUseIpv4: false,
  iceUseIpv6: false,
  iceAdditionalHostAddresses: ["127.0.0.1", "127.0.0.2"],
  // Otherwise werift leaves the sockets of the other media open when it closes.
  bundlePolicy: "max-bundle",
  codecs: {
    audio: [useOPUS(), useG722(), usePCMU(), usePCMA()],
    video: [useVP8, useVP9, useH264, useAV1].map((use) => use({ rtcpFeedback: feedback })),
  },
  headerExtensions: {
    audio: [useSdesMid(), useAbsSendTime(), useTransportWideCC()],
    video: [useSdesMid(), useSdesRTPStreamId(), useAbsSendTime(), useTransportWideCC()],
  },
};

function connect(): RTCPeerConnection {
  return new RTCPeerConnection(configuration);
}

/** Microphone, camera and a shared screen. */
function addMedia(connection: RTCPeerConnection): void {
  for (const kind of ["audio", "video", "video"] as const) connection.addTransceiver(kind);
}

function readDescription(body: string): RTCSessionDescriptionInit {
  return JSON.parse(body);
}

function readCandidate(body: string): RTCIceCandidateInit {
  return JSON.parse(body);
}
