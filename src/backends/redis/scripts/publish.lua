#!lua
-- Appends a signal of a seat's holder. Prunes nothing and renews nothing.
-- ARGV: channel, run id, session, lease ms, log entries, log bytes, kind, body
-- Returns: {gone, now} or {ok, now, epoch, n}
local s = seat_of(ARGV[3])
if not s then return { 'gone', NOW } end
local c = open()
append(c, ARGV[7], s.ord, ARGV[8], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
return { 'ok', NOW, c.e, c.q }
