#!lua flags=no-writes
-- Returns whether a session holds a seat now. It starts no epoch: a seat counts under any run id.
-- ARGV: channel, run id, session
-- Returns: {gone, now} or {ok, now}
return { seat_of(ARGV[3]) and 'ok' or 'gone', NOW }
