#!lua flags=allow-oom
-- Renews a seat on proof of life. Never acquires one, but gives back what a loss of data took from a
-- lease still running, where there is room.
-- ARGV: channel, run id, session, lease ms, seats, log entries, log bytes, gen, seen at, cursor, epoch, lease end
-- Returns: {gone, now}, {left, now}, {replaced, now} or {ok or lost, now, epoch, head, lease end, version}
local session, lease, seats = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local gen, seen, cursor, e, till = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11], tonumber(ARGV[12])
local c = open()
local s = c and seat_of(session)
if not s then
  if till <= NOW then return { 'gone', NOW } end
  -- Where no data was lost, only a leave ends a seat before its lease.
  if c and c.e == e then return { 'left', NOW } end
  if c and prune() >= seats then return { 'gone', NOW } end
  c = c or begin(lease)
  -- A clock that was set back, or a process with longer leases, may send a time more than a lease from now.
  s = take(c, session, gen, math.min(till, NOW + lease), '', lease, tonumber(ARGV[6]), tonumber(ARGV[7]))
  -- Keeps the epoch that was lost until the loss is reported to the client.
  s.e = e
end
if s.gen > gen then return { 'replaced', NOW } end
s.till = math.max(s.till, math.min(seen, NOW) + lease)
-- A loss remains until a renewal in the new epoch confirms that it was reported.
local lost = e ~= c.e
if not lost and s.e ~= c.e then
  s.cursor, s.e = math.max(c.z, s.ord, math.min(cursor, c.q)), c.e
elseif not lost then
  s.cursor = math.max(s.cursor, math.min(cursor, c.q))
end
put(session, s)
lengthen(lease)
return { lost and 'lost' or 'ok', NOW, c.e, c.q, s.till, c.v }
