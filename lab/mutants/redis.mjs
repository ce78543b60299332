const scripts = "packages/server/src/backends/redis/scripts";
// Not the contract: its leases are real, so that a busy machine could fail it and count as a catch.
const tests = ["lab/model/model.test.ts"];

/** Faults in the Redis backend. */
export const ofRedis = [
  {
    name: "redis: no prune",
    file: `${scripts}/shared.lua`,
    find: "else redis.call('HDEL', STATE, '#' .. session) end",
    replace: "else live = live + 1 end",
  },
  {
    name: "redis: one seat too many",
    file: `${scripts}/join.lua`,
    find: "prune() >= seats",
    replace: "prune() > seats",
  },
  {
    name: "redis: renew that acquires",
    file: `${scripts}/renew.lua`,
    find: "if till <= NOW then return { 'gone', NOW } end",
    replace: "",
  },
  {
    name: "redis: a seat given back where there is no room",
    file: `${scripts}/renew.lua`,
    find: "if c and prune() >= seats then return { 'gone', NOW } end",
    replace: "",
  },
  {
    name: "redis: a seat given back for as long as its holder says",
    file: `${scripts}/renew.lua`,
    find: "math.min(till, NOW + lease)",
    replace: "till",
  },
  {
    name: "redis: the process's own clock",
    file: "packages/server/src/backends/redis/operations.ts",
    find: "const { generation, seenAt, cursor, epoch, leaseEnd } = holder;",
    replace: "const { generation, cursor, epoch, leaseEnd } = holder;\n    const seenAt = Date.now();",
  },
  {
    name: "redis: cursor not kept",
    file: `${scripts}/renew.lua`,
    find: "s.cursor = math.max(s.cursor, math.min(cursor, c.q))",
    replace: "",
  },
  {
    name: "redis: lease not renewed at attach",
    file: `${scripts}/attach.lua`,
    find: "s.till = math.max(s.till, NOW + lease)",
    replace: "",
  },
  {
    name: "redis: TTL of the state not lengthened",
    file: `${scripts}/shared.lua`,
    find: "redis.call('PEXPIRE', STATE, 2 * lease, 'GT')",
    replace: "",
  },
  {
    name: "redis: TTL of the log not lengthened",
    file: `${scripts}/shared.lua`,
    find: "redis.call('PEXPIRE', LOG, 2 * lease, 'GT')",
    replace: "",
  },
  {
    name: "redis: a TTL shortened by a shorter lease",
    file: `${scripts}/shared.lua`,
    find: "redis.call('PEXPIRE', STATE, 2 * lease, 'GT')",
    replace: "redis.call('PEXPIRE', STATE, 2 * lease)",
  },
  {
    name: "redis: a log that ends before its call",
    file: `${scripts}/shared.lua`,
    find: "math.max(2 * lease, redis.call('PTTL', STATE))",
    replace: "2 * lease",
    tests: ["packages/server/test/backends/redis.test.ts"],
    title: "the log stays as long as its call",
  },
  {
    name: "redis: a proof from the future lengthens the lease",
    file: `${scripts}/renew.lua`,
    find: "math.min(seen, NOW) + lease",
    replace: "seen + lease",
  },
  {
    name: "redis: PEER to the joiner",
    file: `${scripts}/shared.lua`,
    find: "cursor = n, ord = n,",
    replace: "cursor = n - 1, ord = n - 1,",
  },
  {
    name: "redis: the replay begins before the join",
    file: `${scripts}/attach.lua`,
    find: "from = math.max(from, s.ord)",
    replace: "",
  },
  {
    name: "redis: publish without a live seat",
    file: `${scripts}/publish.lua`,
    find: "  if tonumber(till) <= NOW then return { 'gone', NOW } end\n",
    replace: "",
  },
  {
    name: "redis: a signal in the old epoch of another run",
    file: `${scripts}/publish.lua`,
    find: " and f[2] == ARGV[2]",
    replace: "",
  },
  {
    name: "redis: signals' log without a bound in bytes",
    file: `${scripts}/publish.lua`,
    find: " or b > bytes",
    replace: "",
  },
  {
    name: "redis: signals' bytes never given back",
    file: `${scripts}/publish.lua`,
    find: "b = b - #call('LPOP', LOG)",
    replace: "call('LPOP', LOG)",
  },
  {
    name: "redis: loss passed in silence",
    file: `${scripts}/attach.lua`,
    find: "from, recovered = c.q - #log, false",
    replace: "from = c.q - #log",
  },
  {
    name: "redis: another run's log trusted",
    file: `${scripts}/shared.lua`,
    find: "if c and c.r ~= RUN then",
    replace: "if false then",
  },
  {
    name: "redis: generation not raised",
    file: `${scripts}/attach.lua`,
    find: "s.gen = s.gen + 1",
    replace: "",
  },
  {
    name: "redis: an older websocket renews",
    file: `${scripts}/renew.lua`,
    find: "if s.gen > gen then return { 'replaced', NOW } end",
    replace: "",
  },
  {
    name: "redis: version not raised on leave",
    file: `${scripts}/shared.lua`,
    find: "  c.v = c.v + 1\n",
    replace: "  if kind ~= 'left' then c.v = c.v + 1 end\n",
  },
  {
    name: "redis: the log's bytes unbounded",
    file: `${scripts}/shared.lua`,
    find: " or c.b > bytes",
    replace: "",
  },
  {
    name: "redis: bytes not counted back after a trim",
    file: `${scripts}/shared.lua`,
    find: "c.b = c.b - #redis.call('LPOP', LOG)",
    replace: "redis.call('LPOP', LOG)",
  },
  {
    name: "redis: resync shows seats that have ended",
    file: `${scripts}/resync.lua`,
    find: "  if s.till <= NOW then return end\n",
    replace: "",
  },
  {
    name: "redis: the log stays when the last one leaves",
    file: `${scripts}/leave.lua`,
    find: "if prune() == 0 then",
    replace: "if prune() < 0 then",
  },
].map((fault) => Object.assign({}, { tests }, fault));
