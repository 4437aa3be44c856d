-- Which sealed blocks of calls, as of a wall-clock time (µs), reach into this span of packet time (µs), and as what were
-- they sealed last? Those of months that were closed since are left out.
SELECT block, month, rows, digest
FROM
(
    SELECT block, month, argMax(seals.rows, (seals.ts, seals.number)) AS rows, argMax(seals.digest, (seals.ts, seals.number)) AS digest,
        argMax(seals.firstTs, (seals.ts, seals.number)) AS first, argMax(seals.lastTs, (seals.ts, seals.number)) AS last,
        max(seals.ts) AS sealedAt
    FROM seals
    WHERE subject = 'calls' AND kind IN ('block', 'adopted', 'amended') AND ts <= {asOf:Int64}
    GROUP BY block, month
) AS sealed
LEFT JOIN
(
    SELECT month AS closed, max(ts) AS closedAt FROM seals WHERE subject = 'calls' AND kind = 'closed' GROUP BY month
) AS gone ON gone.closed = sealed.month
WHERE rows > 0 AND first <= {until:Int64} AND last >= {since:Int64} AND sealedAt > closedAt
ORDER BY block, month
