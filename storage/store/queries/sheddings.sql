-- When was content left unread under load, and when no longer? The newest first; limit 0 for all.
SELECT ts, toString(source) AS source, fromStep, step, fill
FROM sheddings FINAL
ORDER BY ts DESC, source, number DESC
LIMIT if({limit:UInt64} = 0, 1000000000, {limit:UInt64})
