-- Where did everything go between two times (µs), all sources together? Of whole minutes; `minutes`: how many are known.
SELECT minutes, sums.1 AS names, sums.2 AS `values`
FROM
(
    SELECT uniqExact(minute) AS minutes, sumMap(arrayMap(name -> toString(name), names), `values`) AS sums
    FROM (SELECT * FROM ledgerMinutes FINAL)
    WHERE minute > {since:Int64} - 60000000 AND minute <= {until:Int64}
)
