#!lua flags=allow-oom
-- Frees a seat immediately. The last leave deletes the log; the state stays until its TTL, so that absence means loss.
-- ARGV: channel, run id, session
-- Returns: {gone, now} or {ok, now}
local session = ARGV[3]
local s = seat_of(session)
if not s then return { 'gone', NOW } end
local c = open()
redis.call('HDEL', STATE, '#' .. session)
tell(c, 'left', s)
if prune() == 0 then
  redis.call('DEL', LOG)
  redis.call('HSET', STATE, 'b', 0)
end
return { 'ok', NOW }
