-- In which minutes of packet time were calls made, and how many in each? Of calls in [since, until) µs; a minute is named
-- by its start in µs. Rows that are to replace one another may be counted twice.
SELECT intDiv(ts, 60000000) * 60000000 AS minute, count() AS calls
FROM calls
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
GROUP BY minute
ORDER BY minute
