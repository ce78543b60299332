const record = "packages/server/src/backends/memory/call-record.ts";
const tests = ["packages/server/test/backends/memory.test.ts", "lab/model/model.test.ts"];

/** Faults in the memory backend. */
export const ofMemory = [
  {
    name: "memory: no prune",
    file: record,
    find: "    this.#prune(now);\n    if (this.#seats.size >= limits.seatCount) return { word",
    replace: "    if (this.#seats.size >= limits.seatCount) return { word",
  },
  {
    name: "memory: one seat too many",
    file: record,
    find: "if (this.#seats.size >= limits.seatCount) return { word",
    replace: "if (this.#seats.size > limits.seatCount) return { word",
  },
  {
    name: "memory: renew that acquires",
    file: record,
    find: "if (holder.epoch === this.#epoch || holder.leaseEnd <= now) return undefined;",
    replace: "",
  },
  {
    name: "memory: a seat given back where there is no room",
    file: record,
    find: "if (this.#seats.size >= limits.seatCount) return undefined;",
    replace: "",
  },
  {
    name: "memory: a seat given back for as long as its holder says",
    file: record,
    find: "Math.min(holder.leaseEnd, now + limits.leaseMs)",
    replace: "holder.leaseEnd",
  },
  {
    name: "memory: the process's own clock",
    file: "packages/server/src/backends/memory/call-records.ts",
    find: "    this.now = now;",
    replace: "    this.now = Date.now;",
  },
  {
    name: "memory: cursor not kept",
    file: record,
    find: "seat.cursor = Math.max(seat.cursor, Math.min(holder.cursor, this.#head));",
    replace: "",
  },
  {
    name: "memory: a cursor taken back",
    file: record,
    find: "Math.max(seat.cursor, Math.min(holder.cursor, this.#head))",
    replace: "Math.min(holder.cursor, this.#head)",
  },
  {
    name: "memory: lease not renewed at attach",
    file: record,
    find: "    this.#lengthen(seat, now + limits.leaseMs, limits, now);\n",
    replace: "",
  },
  {
    name: "memory: the call not lengthened with its seats",
    file: record,
    find: "this.expiresAt = Math.max(this.expiresAt, now + 2 * limits.leaseMs);",
    replace: "this.expiresAt ||= now + 2 * limits.leaseMs;",
  },
  {
    name: "memory: a lease shortened",
    file: record,
    find: "seat.leaseEnd = Math.max(seat.leaseEnd, leaseEnd);",
    replace: "seat.leaseEnd = leaseEnd;",
  },
  {
    name: "memory: a proof from the future lengthens the lease",
    file: record,
    find: "Math.min(holder.seenAt, now) + limits.leaseMs",
    replace: "holder.seenAt + limits.leaseMs",
  },
  {
    name: "memory: PEER to the joiner",
    file: record,
    find: "cursor: seatNumber, seatNumber, epoch: this.#epoch };",
    replace: "cursor: seatNumber - 1, seatNumber: seatNumber - 1, epoch: this.#epoch };",
  },
  {
    name: "memory: the replay begins before the join",
    file: record,
    find: "this.#logAfter(Math.max(wanted.from, seat.seatNumber))",
    replace: "this.#logAfter(wanted.from)",
  },
  {
    name: "memory: publish without a live seat",
    file: record,
    find: `const seat = this.#liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    this.#append`,
    replace: `const seat = this.#seats.get(session);
    if (seat === undefined) return { word: "gone", now };
    this.#append`,
  },
  {
    name: "memory: loss passed in silence",
    file: record,
    find: "wanted.recovered && replayAfter <= Math.max(wanted.from, seat.seatNumber)",
    replace: "wanted.recovered",
  },
  {
    name: "memory: generation not raised",
    file: record,
    find: "    seat.generation += 1;\n",
    replace: "",
  },
  {
    name: "memory: an older websocket renews",
    file: record,
    find: 'if (seat.generation > holder.generation) return { word: "replaced", now };',
    replace: "",
  },
  {
    name: "memory: version not raised on leave",
    file: record,
    find: "    this.#version += 1;\n    const epoch = this.#epoch;\n    const head = this.#head;",
    replace:
      '    if (kind !== "left") this.#version += 1;\n    const epoch = this.#epoch;\n    const head = this.#head;',
  },
  {
    name: "memory: the log's entries unbounded",
    file: record,
    find: "this.#log.length > limits.logEntries || ",
    replace: "",
  },
  {
    name: "memory: a seat that counts at its lease's end",
    file: record,
    find: "seat !== undefined && seat.leaseEnd > now",
    replace: "seat !== undefined && seat.leaseEnd >= now",
  },
  {
    name: "memory: a position used again after a loss",
    file: "packages/server/src/backends/memory/call-records.ts",
    find: "Math.max(at * 1000, this.#lastPosition + 1)",
    replace: "at * 1000",
  },
].map((fault) => Object.assign(fault, { tests }));
