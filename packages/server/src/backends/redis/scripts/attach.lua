#!lua flags=allow-oom
-- Makes the caller the session's newest websocket, renews the lease, and returns the events to replay.
-- ARGV: channel, run id, session, lease ms, since (a position, 0 for the join, or empty for the cursor)
-- Returns: {gone, now}, {lost, now, epoch, cursor, gen, lease end} or {ok, now, epoch, from, head, version, gen, ord, lease end, recovered, event …}
local session, lease, since = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local s = seat_of(session)
if not s then return { 'gone', NOW } end
local c = open()
local from, recovered = s.cursor, true
if since ~= '' and since ~= '0' then
  -- Both are integers under 2^53, which Lua's numbers hold exactly.
  local count = tonumber(since) - tonumber(c.e)
  if count >= 0 and count <= c.q then from = count else from, recovered = s.e == c.e and s.cursor or c.z, false end
elseif s.e ~= c.e then
  from, recovered = c.z, false
elseif since == '0' then
  from = s.ord
end
from = math.max(from, s.ord)
local log = log_after(c, from)
if #log < c.q - from then from, recovered = c.q - #log, false end
s.till = math.max(s.till, NOW + lease)
if not recovered and since == '' then
  -- The loss remains until a renewal confirms that it was reported; or until it was reported here twice, because
  -- a client whose closes never echo must come back in. A cursor of 0, which no seat has, marks the first.
  if s.cursor == 0 then s.cursor, s.e = from, c.e else s.cursor = 0 end
  put(session, s)
  lengthen(lease)
  return { 'lost', NOW, c.e, from, s.gen, s.till }
end
-- Where the epoch is another, the first pong tells that the client knows: a renewal in the new one.
if s.e == c.e then s.cursor = from end
s.gen = s.gen + 1
put(session, s)
lengthen(lease)
if s.gen > 1 then tell(c, 'attached', s) end
local reply = { 'ok', NOW, c.e, from, c.q, c.v, s.gen, s.ord, s.till, recovered and 1 or 0 }
for i = 1, #log do reply[10 + i] = log[i] end
return reply
