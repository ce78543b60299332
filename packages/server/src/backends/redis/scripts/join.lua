#!lua
-- Takes a seat for a new session, or returns that the call is full.
-- ARGV: channel, run id, session, lease ms, seats, log entries, log bytes, introduction (may be empty)
-- Returns: {full, now} or {ok, now, epoch, n, lease end}
local session, lease, seats = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local c = open()
if c and prune() >= seats then return { 'full', NOW } end
c = c or begin(lease)
local s = take(c, session, 0, NOW + lease, ARGV[8], lease, tonumber(ARGV[6]), tonumber(ARGV[7]))
return { 'ok', NOW, c.e, s.ord, s.till }
