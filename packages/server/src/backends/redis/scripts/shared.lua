-- Shared by all scripts, put after the first line of each, or where it says so. Redis's clock decides, and no other.
-- KEYS[1] the call's state, KEYS[2] its log. ARGV[1] the channel, ARGV[2] Redis's run id.
-- A seat is a field `#<session>`: lease end, generation, cursor, ordinal, epoch, parted by spaces.
-- n stays small and e stays a string: `..` would print it as 1.7954123936206e+15.
local STATE, LOG, CHANNEL, RUN = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)
local EPOCH_NOW = time[1] .. string.format('%06d', time[2])

local function read()
  local f = redis.call('HMGET', STATE, 'e', 'q', 'b', 'v', 'z', 'r')
  if not f[1] then return nil end
  return { e = f[1], q = tonumber(f[2]), b = tonumber(f[3]), v = tonumber(f[4]), z = tonumber(f[5]), r = f[6] }
end

local function write(c)
  redis.call('HSET', STATE, 'e', c.e, 'q', c.q, 'b', c.b, 'v', c.v, 'z', c.z, 'r', RUN)
end

-- The call as it stands. Under another run id its log can't be trusted: a new epoch begins, later
-- than every position given out, even where this Redis's clock is behind the other's.
local function open()
  local c = read()
  if c and c.r ~= RUN then
    local after = tonumber(c.e) + c.q + 1
    c.e = tonumber(EPOCH_NOW) > after and EPOCH_NOW or string.format('%.0f', after)
    c.z, c.b, c.v = c.q, 0, c.v + 1
    redis.call('DEL', LOG)
    write(c)
  end
  return c
end

-- A call that is not there begins, for two leases at first; what is left of a log is not its own.
local function begin(lease)
  local c = { e = EPOCH_NOW, q = 0, b = 0, v = 1, z = 0 }
  redis.call('DEL', LOG)
  write(c)
  redis.call('PEXPIRE', STATE, 2 * lease)
  return c
end

local function parse(field)
  if not field then return nil end
  local till, gen, cursor, ord, e = string.match(field, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  return { till = tonumber(till), gen = tonumber(gen), cursor = tonumber(cursor), ord = tonumber(ord), e = e }
end

local function seat_of(session)
  local s = parse(redis.call('HGET', STATE, '#' .. session))
  return s and s.till > NOW and s or nil
end

local function put(session, s)
  redis.call('HSET', STATE, '#' .. session, table.concat({ s.till, s.gen, s.cursor, s.ord, s.e }, ' '))
end

-- Calls the function with the session and seat of every field, in Redis's order.
local function each_seat(visit)
  local all = redis.call('HGETALL', STATE)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 1) == '#' then visit(string.sub(all[i], 2), parse(all[i + 1])) end
  end
end

-- Removes the seats whose lease has ended, and returns the number of the others.
local function prune()
  local live = 0
  each_seat(function(session, s)
    if s.till > NOW then live = live + 1 else redis.call('HDEL', STATE, '#' .. session) end
  end)
  return live
end

-- GT does nothing on a key without TTL, and a plain PEXPIRE would let a shorter lease shorten the call.
local function lengthen(lease)
  redis.call('PEXPIRE', STATE, 2 * lease, 'GT')
  redis.call('PEXPIRE', LOG, 2 * lease, 'GT')
end

-- Appends an event to the call's log, trims the log to its bounds, and publishes the same string.
local function append(c, kind, from, body, lease, entries, bytes)
  c.q = c.q + 1
  local message = table.concat({ '1', kind, c.e, c.q, c.v, from, NOW, '' }, ' ') .. '\n' .. body
  local length = redis.call('RPUSH', LOG, message)
  if length == 1 then
    c.b = 0
    -- A log that begins late lives no shorter than its call.
    redis.call('PEXPIRE', LOG, math.max(2 * lease, redis.call('PTTL', STATE)))
  end
  c.b = c.b + #message
  while length > 1 and (length > entries or c.b > bytes) do
    c.b = c.b - #redis.call('LPOP', LOG)
    length = length - 1
  end
  redis.call('HSET', STATE, 'q', c.q, 'b', c.b)
  redis.call('PUBLISH', CHANNEL, message)
end

-- Publishes the end of a seat to the processes that are subscribed to the call; such a message is not logged.
local function tell(c, kind, s)
  c.v = c.v + 1
  redis.call('HSET', STATE, 'v', c.v)
  local words = { '1', kind, c.e, c.q, c.v, s.ord }
  if kind == 'attached' then words[7] = s.gen end
  redis.call('PUBLISH', CHANNEL, table.concat(words, ' ') .. '\n')
end

-- Seats a session: its own PEER is its ordinal and its first cursor.
local function take(c, session, gen, till, body, lease, entries, bytes)
  local n = c.q + 1
  local s = { till = till, gen = gen, cursor = n, ord = n, e = c.e }
  append(c, 'PEER', n, body, lease, entries, bytes)
  put(session, s)
  lengthen(lease)
  return s
end

-- The events after a count, or all there are where the log no longer reaches back so far.
local function log_after(c, count)
  if count >= c.q then return {} end
  return redis.call('LRANGE', LOG, count - c.q, -1)
end
