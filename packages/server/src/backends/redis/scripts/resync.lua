#!lua flags=no-writes
-- Returns the events that a process missed. It starts no epoch: under another run id, the call is a different one.
-- ARGV: channel, run id, epoch, since
-- Returns: {absent, now}, {other, now} or {ok or trimmed, now, head, version, seats, (ord, gen) …, event …}
local c = read()
if not c then return { 'absent', NOW } end
if c.e ~= ARGV[3] or c.r ~= RUN then return { 'other', NOW } end
local since = tonumber(ARGV[4])
local log = log_after(c, since)
local reply = { #log < c.q - since and 'trimmed' or 'ok', NOW, c.q, c.v, 0 }
each_seat(function(_, s)
  if s.till <= NOW then return end
  reply[5] = reply[5] + 1
  reply[#reply + 1] = s.ord
  reply[#reply + 1] = s.gen
end)
local at = #reply
for i = 1, #log do reply[at + i] = log[i] end
return reply
