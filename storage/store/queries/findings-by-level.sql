-- How many findings are open, of each kind and level? The worst first. In [since, until) µs as in `findings`.
SELECT kind, level, count() AS findings
FROM findingRows
WHERE open
    AND lastSeen >= {since:Int64} AND firstSeen < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
GROUP BY kind, level, severity
ORDER BY kind, severity DESC
