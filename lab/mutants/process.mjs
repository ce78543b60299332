const inbox = "packages/server/src/calls/feed/call-feed.ts";
const seated = "packages/server/src/calls/presence/seated.ts";
// The other way round, a fault that makes the inbox wait is only met by a time-out first.
const ofInbox = ["lab/model/schedule.test.ts", "packages/server/test/calls/feed/call-feed.test.ts"];
const ofPresence = [
  "packages/server/test/calls/presence/presence.test.ts",
  "packages/server/test/calls/presence/presence-endings.test.ts",
  "lab/model/schedule.test.ts",
];

/** Faults in what a process does with its calls and its websockets. */
export const ofProcess = [
  {
    name: "process: WELCOME before the subscription is confirmed",
    file: "packages/server/src/transports/websocket/attach.ts",
    find: "hearing = await inbox.whenHeard(until - context.now());",
    replace: "hearing = 0;",
    tests: ["lab/model/schedule.test.ts"],
  },
  {
    name: "process: no de-duplication after replay",
    file: seated,
    find: "last: place.head }",
    replace: "last: place.from }",
    tests: ofPresence,
  },
  {
    name: "process: delivery to all instead of the recipients",
    file: seated,
    find: "if (event.from === state.ord || event.n <= state.ord) continue;",
    replace: "",
    tests: ofPresence,
  },
  {
    name: "process: the process's own clock proves life",
    file: "packages/server/src/calls/backend-time.ts",
    find: "Math.floor(monotonic + this.offset)",
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
    find: "if (state.held.length === 0 && event.at < state.till)",
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
    file: "packages/server/src/calls/feed/place.ts",
    find: 'return message.n === place.last + 1 && message.version === place.version ? "next" : "gap";',
    replace: 'return "next";',
    tests: ofInbox,
  },
  {
    name: "process: an event let pass whose leave was not heard",
    file: "packages/server/src/calls/feed/place.ts",
    find: "message.n === place.last + 1 && message.version === place.version",
    replace: "message.n === place.last + 1",
    tests: ofInbox,
  },
  {
    name: "process: nothing compared after a lost channel",
    file: inbox,
    find: "    if (this.place?.synced === false) void this.resync();\n",
    replace: "",
    tests: ofInbox,
  },
  {
    name: "process: a channel lost during the attach forgotten",
    file: inbox,
    find: "    if (hearing !== this.losses) place.synced = false;\n",
    replace: "",
    tests: ofInbox,
  },
  {
    name: "process: what came during the attach forgotten",
    file: inbox,
    find: "place.last > head || place.version > version",
    replace: "place.version > version",
    tests: ofInbox,
  },
  {
    name: "process: a trimmed log passed in silence",
    file: inbox,
    find: "else if (attendee.last < first) attendee.lose(first);",
    replace: "",
    tests: ofInbox,
  },
  {
    name: "process: a comparison that was refused not tried again",
    file: inbox,
    find: "      this.later(retryMs, () => this.hearing && this.place?.synced === false && void this.resync());\n",
    replace: "",
    tests: ofInbox,
  },
  {
    name: "process: an older websocket left open by a comparison",
    file: inbox,
    find: '} else if (gen > attendee.gen) attendee.end("replaced");',
    replace: "}",
    tests: ofInbox,
  },
  {
    name: "process: what is held during a comparison forgotten",
    file: inbox,
    find: "    for (const envelope of held) this.take(envelope);\n",
    replace: "",
    tests: ofInbox,
  },
];
