const feed = "packages/server/src/calls/feed/call-feed.ts";
const sync = "packages/server/src/calls/feed/sync.ts";
const seated = "packages/server/src/calls/presence/seated.ts";
// The schedule comes first: in the call feed's own tests, a fault that makes the feed wait shows only as a time-out.
const ofFeed = [
  "lab/model/schedule.test.ts",
  "packages/server/test/calls/feed/sync.test.ts",
  "packages/server/test/calls/feed/call-feed.test.ts",
];
const ofPresence = [
  "packages/server/test/calls/presence/presence.test.ts",
  "packages/server/test/calls/presence/presence-endings.test.ts",
  "lab/model/schedule.test.ts",
];

/** Faults in what a process does with its calls and its websockets. */
export const ofProcess = [
  {
    name: "process: WELCOME before the subscription is confirmed",
    file: "packages/server/src/calls/attach.ts",
    find: "subscription = await callFeed.whenSubscribed(until - now());",
    replace: "subscription = 0;",
    tests: ["lab/model/schedule.test.ts"],
  },
  {
    name: "process: no de-duplication after replay",
    file: seated,
    find: "last: attached.head }",
    replace: "last: attached.replayAfter }",
    tests: ofPresence,
  },
  {
    name: "process: delivery to all instead of the recipients",
    file: seated,
    find: "if (event.sender === state.seatNumber || event.eventCount <= state.seatNumber) continue;",
    replace: "",
    tests: ofPresence,
  },
  {
    name: "process: the process's own clock proves life",
    file: "packages/server/src/calls/backend-time.ts",
    find: "Math.floor(monotonic + this.#offset)",
    replace: "Date.now()",
    tests: ["packages/server/test/calls/backend-time.test.ts"],
  },
  {
    name: "process: a pong that answers no ping renews",
    file: seated,
    find: "if (answered === undefined) return [state];",
    replace: "if (answered === undefined) return renew(state, { seenAt: cameAt, cursor: state.last });",
    tests: ofPresence,
  },
  {
    name: "process: what was published after the lease is sent",
    file: seated,
    find: "if (state.held.length === 0 && event.at < state.leaseEnd)",
    replace: "if (state.held.length === 0)",
    tests: ofPresence,
  },
  {
    name: "process: ICE handed to strangers",
    file: "packages/server/src/calls/ice.ts",
    find: 'if (reply.word === "gone") return { word: "gone" };',
    replace: "",
    tests: ["packages/server/test/service/ice.test.ts"],
  },
  {
    name: "process: a gap passed over",
    file: sync,
    find: 'return message.eventCount === last + 1 && message.version === version ? "next" : "gap";',
    replace: 'return "next";',
    tests: ofFeed,
  },
  {
    name: "process: an event let pass whose leave was not heard",
    file: sync,
    find: "message.eventCount === last + 1 && message.version === version",
    replace: "message.eventCount === last + 1",
    tests: ofFeed,
  },
  {
    name: "process: nothing compared after a lost channel",
    file: sync,
    find: 'if (state.phase === "unsynced") return compare(state);',
    replace: 'if (state.phase === "unsynced") return deliverHeld(state.position, state.held);',
    tests: ofFeed,
  },
  {
    name: "process: a channel lost during the attach forgotten",
    file: feed,
    find: 'const channel = !this.#isSubscribed ? "lost" : isSame ? "same" : "newer";',
    replace: 'const channel = isSame || !isSame ? "same" : "newer";',
    tests: ofFeed,
  },
  {
    name: "process: what came during the attach forgotten",
    file: sync,
    find: "&& last <= head && known <= version;",
    replace: "&& known <= version;",
    tests: ofFeed,
  },
  {
    name: "process: a trimmed log passed in silence",
    file: feed,
    find: "else if (receiver.lastEvent < first) receiver.lose(first);",
    replace: "",
    tests: ofFeed,
  },
  {
    name: "process: a comparison that was refused not tried again",
    file: feed,
    find: 'this.#context.later(retryMs, () => this.#drive({ type: "retry" }));',
    replace: "",
    tests: ofFeed,
  },
  {
    name: "process: an older websocket left open by a comparison",
    file: feed,
    find: '} else if (generation > receiver.generation) receiver.end("replaced");',
    replace: "}",
    tests: ofFeed,
  },
  {
    name: "process: what is held during a comparison forgotten",
    file: sync,
    find: "for (const envelope of held) {",
    replace: "for (const envelope of held.slice(held.length)) {",
    tests: ofFeed,
  },
];
