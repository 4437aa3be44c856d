-- How many values and calls are stored of each month?
SELECT month, sum(v) AS values, sum(c) AS calls
FROM
(
    SELECT toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) AS month, count() AS v, 0 AS c FROM `values` GROUP BY month
    UNION ALL
    SELECT toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) AS month, 0 AS v, count() AS c FROM calls GROUP BY month
)
GROUP BY month
ORDER BY month
