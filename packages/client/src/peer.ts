import type { Envelope, Saying } from "./envelope.ts";

/** How long candidates are gathered into one signal, in milliseconds. */
const batchMs = 20;
/** How long a connection may be on its way, or interrupted, before it is mended; doubles each time. In milliseconds. */
const patienceMs = { connecting: 10_000, disconnected: 3000, failed: 1000 };
/** How often it is tried to mend one before the peer counts as gone. */
const mendings = 2;
/** How long a peer that has closed its connection may take to come back as its next instance, in milliseconds. */
const reloadMs = 2000;

/** What a peer is made with. */
export interface PeerParts {
  readonly id: string;
  readonly run: number;
  readonly introduction: string | undefined;
  readonly connection: RTCPeerConnection;
  /** Whether it gives way when both offer at once. */
  readonly polite: boolean;
  /** Says something to this peer, and answers the id under which it did. */
  readonly say: (saying: Saying) => number;
  /** ICE servers whose credentials still hold. */
  readonly configuration: () => Promise<RTCConfiguration>;
  readonly gone: () => void;
}

/**
 * One other instance on the call, and the connection to it, kept by perfect negotiation (W3C WebRTC,
 * section 10.7): add tracks and channels to `connection` at any time.
 */
export class Peer {
  /** Its id, the same over its reloads. */
  readonly id: string;
  readonly run: number;
  /** What it gave `joinCall` to introduce itself with. */
  readonly introduction: string | undefined;
  readonly connection: RTCPeerConnection;
  /** The number that the peer gave its own end of the connection. */
  link: number | undefined;
  readonly #parts: PeerParts;
  /** One thing at a time: a description is never applied while another is on its way. */
  #doing: Promise<void> = Promise.resolve();
  /** The last thing heard of it, and the last offer made. */
  #heard = 0;
  #offered = 0;
  /** Candidates that came before the description they belong to. */
  #early: RTCIceCandidateInit[] = [];
  #gathered: RTCIceCandidateInit[] = [];
  #mended = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PeerParts) {
    const { id, run, introduction, connection } = parts;
    this.#parts = parts;
    this.id = id;
    this.run = run;
    this.introduction = introduction;
    this.connection = connection;
    connection.addEventListener("negotiationneeded", () =>
      this.#do(async () => {
        // Else what is needed is asked for again once this round is over.
        if (connection.signalingState === "stable") await this.#describe();
      }),
    );
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.candidate) this.#gather(candidate);
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState === "connected") this.#listen();
      this.#watch();
    });
    connection.addEventListener("signalingstatechange", () => this.#watch());
  }

  /** Whether nothing is to be done for the connection. */
  get isWell(): boolean {
    const { connectionState, signalingState } = this.connection;
    return connectionState === "connected" && signalingState === "stable";
  }

  /** Takes what this peer said, in order, once. */
  hear(envelope: Envelope): void {
    if (envelope.id <= this.#heard) return;
    this.#heard = envelope.id;
    // A candidate may still come from a connection before the one that is talked about.
    const isTalk = envelope.description?.type === "offer" || envelope.answers === this.#offered;
    if (isTalk) this.link ??= envelope.link;
    this.#do(() => this.#take(envelope));
  }

  /** Finds a new way to it: after a failure, a change of network, or lost signals. */
  mend(): void {
    this.#do(async () => {
      this.connection.setConfiguration(await this.#parts.configuration());
      this.connection.restartIce();
      await this.#describe();
    });
  }

  /** Says that it is there, where it had nothing to offer. */
  greet(): void {
    this.#do(async () => {
      if (this.#offered === 0 && this.connection.remoteDescription === null) this.#parts.say({ hello: true });
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.connection.close();
  }

  /** Notices that the other end was closed: DTLS tells it at once, where ICE takes half a minute. */
  #listen(): void {
    const { transport } = this.connection.sctp ?? this.connection.getReceivers()[0] ?? {};
    transport?.addEventListener?.("statechange", () => {
      if (transport.state === "closed") setTimeout(() => this.#parts.gone(), reloadMs);
    });
  }

  #do(work: () => Promise<void>): void {
    this.#doing = this.#doing
      .then(() => (this.connection.signalingState === "closed" ? undefined : work()))
      // A description that no longer fits, or a connection that has been closed: `#watch` sees to the rest.
      .catch(() => {});
  }

  /** Makes the description that is due, an offer or an answer, and says it. */
  async #describe(answers?: number): Promise<void> {
    await this.connection.setLocalDescription();
    const { localDescription } = this.connection;
    if (localDescription === null) return;
    const { type, sdp } = localDescription;
    const id = this.#parts.say({ description: { type, sdp }, ...(answers && { answers }) });
    if (type === "offer") this.#offered = id;
  }

  async #take({ id, description, answers, candidates = [] }: Envelope): Promise<void> {
    const { connection } = this;
    if (description !== undefined) {
      const isOffer = description.type === "offer";
      // Both offered: the polite one takes its offer back, the other one did not hear this one.
      const isDue = isOffer
        ? this.#parts.polite || connection.signalingState === "stable"
        : answers === this.#offered;
      if (!isDue) return;
      await connection.setRemoteDescription(description);
      for (const candidate of this.#early.splice(0))
        await connection.addIceCandidate(candidate).catch(() => {});
      if (isOffer) await this.#describe(id);
    }
    for (const candidate of candidates) {
      await connection.addIceCandidate(candidate).catch(() => this.#early.push(candidate));
    }
  }

  #gather(candidate: RTCIceCandidate): void {
    if (this.#gathered.push(candidate.toJSON?.() ?? candidate) > 1) return;
    // After the description that they belong to, which may still be on its way out.
    const send = async (): Promise<void> => void this.#parts.say({ candidates: this.#gathered.splice(0) });
    setTimeout(() => this.#do(send), batchMs);
  }

  /** Gives the connection its time, mends it when that is over, and gives up when mending does not help. */
  #watch(): void {
    const { connectionState: state, remoteDescription, signalingState } = this.connection;
    clearTimeout(this.#timer);
    if (this.isWell) this.#mended = 0;
    if (this.isWell || state === "closed" || signalingState === "closed") return;
    // Nothing was asked of one that is new.
    if (state === "new" && signalingState === "stable" && remoteDescription === null) return;
    const patience =
      state === "disconnected" || state === "failed" ? patienceMs[state] : patienceMs.connecting;
    this.#timer = setTimeout(
      () => {
        this.#mended += 1;
        if (this.#mended > mendings) return this.#parts.gone();
        // One of the two is enough at first.
        if (!this.#parts.polite || this.#mended > 1) this.mend();
        this.#watch();
      },
      patience * 2 ** this.#mended,
    );
  }
}
