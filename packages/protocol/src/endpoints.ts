interface EndpointRow {
  readonly methods: readonly string[];
  readonly does: string;
}

/** Every endpoint of the service's own port. HEAD is not among them: it would have to take a seat. */
export const endpoints = {
  "/call/{call}": { methods: ["GET", "POST"], does: "joins a call: takes a seat" },
  "/ws": { methods: ["GET"], does: "attaches: holds the seat and hears the peers, by websocket" },
  "/signal": { methods: ["POST"], does: "publishes an OFFER, ANSWER or CANDIDATE to the peers" },
  "/leave": { methods: ["POST"], does: "leaves: frees the seat at once" },
  "/ice": { methods: ["POST"], does: "hands a seat's holder the STUN and TURN servers" },
} as const satisfies Record<string, EndpointRow>;

/** An endpoint, by its path as the documents write it. */
export type Endpoint = keyof typeof endpoints;
