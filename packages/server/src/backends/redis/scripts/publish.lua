#!lua
-- Appends a signal from a seat's holder. Removes and renews no seats.
-- ARGV: channel, run id, session, lease ms, log entries, log bytes, kind, body
-- Returns: {gone, now} or {ok, now, epoch, n}
-- No verb is called as often, so what always happens stands before what the verbs share: a script makes its functions
-- anew each time it is called, and these take longer to make than a signal to append.
local call, STATE, LOG, time = redis.call, KEYS[1], KEYS[2], redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)
local f = call('HMGET', STATE, '#' .. ARGV[3], 'r', 'e', 'q', 'b', 'v')
if f[1] and f[2] == ARGV[2] then
  -- Numbers are written by %d: `..` takes longer over them.
  local till, ord = string.match(f[1], '^(%d+) %d+ %d+ (%d+)')
  if tonumber(till) <= NOW then return { 'gone', NOW } end
  local e, q = f[3], string.format('%d', f[4] + 1)
  local message = '1 ' .. ARGV[7] .. ' ' .. e .. ' ' .. q .. ' ' .. f[6] .. ' ' .. ord .. string.format(' %d \n', NOW) .. ARGV[8]
  -- Where there is no log yet, the shared code starts one.
  local length = call('RPUSHX', LOG, message)
  if length > 0 then
    local b, entries, bytes = f[5] + #message, tonumber(ARGV[5]), tonumber(ARGV[6])
    while length > 1 and (length > entries or b > bytes) do
      b = b - #call('LPOP', LOG)
      length = length - 1
    end
    call('HSET', STATE, 'q', q, 'b', string.format('%d', b))
    call('PUBLISH', ARGV[1], message)
    return { 'ok', NOW, e, tonumber(q) }
  end
end

-- SHARED
local s = seat_of(ARGV[3])
if not s then return { 'gone', NOW } end
local c = open()
append(c, ARGV[7], s.ord, ARGV[8], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
return { 'ok', NOW, c.e, c.q }
