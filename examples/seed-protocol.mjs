// The protocol without the client: two peers join a call and exchange an offer and an answer, with fetch and WebSocket alone.
// Run it with the URL of a service: node seed-protocol.mjs http://localhost:8080
const url = process.argv[2] ?? "http://localhost:8080";

/** Joins a call and returns the JOIN message, which contains the session. */
async function join(call) {
  const response = await fetch(`${url}/call/${encodeURIComponent(call)}`);
  if (response.status !== 200)
    throw new Error(`the join returned ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Opens the websocket that holds the seat, and passes each message to `receive`. */
function attach(joined, receive) {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`);
  socket.addEventListener("open", () => socket.send(JSON.stringify(joined)));
  socket.addEventListener("message", ({ data }) => receive(JSON.parse(data)));
  socket.addEventListener("close", ({ code, reason }) => console.log(`closed: ${code} ${reason}`));
}

/** Posts a signal to the other peers on the call, or leaves it. */
async function post(endpoint, { call, session }, kind, body) {
  const headers = { "Content-Type": "application/json" };
  await fetch(`${url}/${endpoint}`, {
    method: "POST",
    headers,
    body: JSON.stringify({ kind, call, session, body }),
  });
}

const first = await join("tea");
attach(first, async ({ kind, body }) => {
  console.log("first received", kind, body ?? "");
  if (kind === "PEER") await post("signal", first, "OFFER", "my description");
  if (kind === "ANSWER") for (const peer of [first, second]) await post("leave", peer, "LEAVE");
});
const second = await join("tea");
attach(second, async ({ kind, body }) => {
  if (kind === "OFFER") await post("signal", second, "ANSWER", `an answer to ${body}`);
});
