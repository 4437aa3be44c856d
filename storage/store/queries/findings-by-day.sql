-- How many events began on each day, by level? Those a person called false are left out. Days are named by their start in
-- µs and belong to a zone `offsetSeconds` ahead of UTC. In [since, until) µs.
SELECT
    intDiv(firstSeen + {offsetSeconds:Int64} * 1000000, 86400000000) * 86400000000 - {offsetSeconds:Int64} * 1000000 AS day,
    level,
    count() AS findings
FROM findingRows
WHERE kind = 'event' AND status != 'false-positive'
    AND firstSeen >= {since:Int64} AND firstSeen < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
GROUP BY day, level, severity
ORDER BY day, severity DESC
