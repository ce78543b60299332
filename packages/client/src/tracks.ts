/** A track on its way to everybody. */
interface Sending {
  readonly streams: readonly MediaStream[];
  readonly senders: Map<RTCPeerConnection, RTCRtpSender>;
}

/** What is sent to every peer: the tracks, and by which sender of each connection. */
export class Tracks {
  readonly #sent = new Map<MediaStreamTrack, Sending>();

  /** Sends a track on these connections; nothing, where it is sent already. */
  add(
    track: MediaStreamTrack,
    streams: readonly MediaStream[],
    connections: Iterable<RTCPeerConnection>,
  ): void {
    if (this.#sent.has(track)) return;
    const sending: Sending = { streams, senders: new Map() };
    this.#sent.set(track, sending);
    for (const connection of connections) this.#send(track, sending, connection);
  }

  /** Sends all there is on one more connection. */
  giveAll(connection: RTCPeerConnection): void {
    for (const [track, sending] of this.#sent) this.#send(track, sending, connection);
  }

  async replace(track: MediaStreamTrack, by: MediaStreamTrack): Promise<void> {
    const sending = this.#sent.get(track);
    if (sending === undefined) return;
    this.#sent.delete(track);
    this.#sent.set(by, sending);
    await Promise.all([...sending.senders.values()].map((sender) => sender.replaceTrack(by)));
  }

  remove(track: MediaStreamTrack): void {
    const { senders = [] } = this.#sent.get(track) ?? {};
    this.#sent.delete(track);
    for (const [connection, sender] of senders) {
      const transceiver = connection.getTransceivers().find((its) => its.sender === sender);
      // Its m-line is then free for another track: with one more each time, descriptions grow too large to be posted.
      if (transceiver?.currentDirection === "sendonly") transceiver.stop();
      else connection.removeTrack(sender);
    }
  }

  /** A connection that has ended sends nothing any more. */
  forget(connection: RTCPeerConnection): void {
    for (const { senders } of this.#sent.values()) senders.delete(connection);
  }

  #send(track: MediaStreamTrack, { streams, senders }: Sending, connection: RTCPeerConnection): void {
    senders.set(connection, connection.addTrack(track, ...streams));
  }
}
