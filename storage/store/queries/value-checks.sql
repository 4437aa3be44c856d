-- Does every call of a month have the values that it says it has? valuesSaid: how many, plus one; valuesHigh, valuesLow: the halves of
-- their hashes, summed up to 2^32. A `part` of `parts` of the calls, by flow. changed: calls that have others; strangers: values
-- whose call is not there; calls from before it was said (0) are left out.
WITH given AS
(
    SELECT app, ts, flow, depth, count() AS kept, sum(intDiv(hash, 4294967296)) % 4294967296 AS high,
        sum(hash % 4294967296) % 4294967296 AS low
    FROM `values` FINAL
    WHERE toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) = {month:UInt32} AND flow % {parts:UInt32} = {part:UInt32}
    GROUP BY app, ts, flow, depth
)
SELECT
    sumIf(g.kept, c.depth > 0) AS rows,
    countIf(c.depth > 0 AND c.valuesSaid > 0) AS calls,
    countIf(c.depth > 0 AND c.valuesSaid = 0) AS before,
    countIf(c.valuesSaid > 0 AND c.depth > 0 AND (c.valuesSaid != g.kept + 1 OR c.valuesHigh != g.high OR c.valuesLow != g.low)) AS changed,
    minIf((c.ts, concat(leftPad(lower(hex(c.flow)), 16, '0'), '-', toString(c.depth)), toString(c.app)),
        c.valuesSaid > 0 AND c.depth > 0 AND (c.valuesSaid != g.kept + 1 OR c.valuesHigh != g.high OR c.valuesLow != g.low)) AS firstChanged,
    sumIf(g.kept, c.depth = 0) AS strangers
FROM
(
    SELECT app, ts, flow, depth, valuesSaid, valuesHigh, valuesLow
    FROM calls FINAL
    WHERE toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) = {month:UInt32} AND flow % {parts:UInt32} = {part:UInt32}
) AS c
FULL JOIN given AS g ON g.app = c.app AND g.ts = c.ts AND g.flow = c.flow AND g.depth = c.depth
