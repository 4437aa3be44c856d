-- Which inserts do the stored calls come from? Only those behind `after`, when it is given.
SELECT block, toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) AS month, count() AS rows
FROM calls
WHERE block > {after:UInt64} OR {after:UInt64} = 0
GROUP BY block, month
ORDER BY block, month
