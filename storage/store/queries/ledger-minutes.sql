-- Where did everything go, minute by minute, of all sources together? From `since` on, before `until` (µs).
SELECT minute, sums.1 AS names, sums.2 AS `values`
FROM
(
    SELECT minute, sumMap(arrayMap(name -> toString(name), names), `values`) AS sums
    FROM (SELECT * FROM ledgerMinutes FINAL)
    WHERE minute >= {since:Int64} AND minute < {until:Int64}
    GROUP BY minute
)
ORDER BY minute
