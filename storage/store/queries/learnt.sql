-- What judge's memory holds of what is usual: its measures of volumes, habits and rates as JSON text, and the version of the
-- memory. Calls of an earlier time have windows of their own: what is usual is the later one's. No row without a memory.
-- The memory may have hundreds of MB, and the engine's JSON functions take ten times the octets they are given; so the part
-- is cut out by the keys it stands between. A quote inside a text of JSON is escaped: these keys stand in none.
SELECT v, if(begins = 0 OR ends <= begins, '', substring(payload, begins, ends - begins)) AS measures
FROM
(
    SELECT
        payload,
        toUInt32OrZero(extract(substring(payload, 1, 100), '"judge":\\{"v":([0-9]+)')) AS v,
        position(payload, ',"ahead":{"traversal":') AS ahead,
        position(payload, '"exported":{"subjects":', greatest(ahead, 1)) AS begins,
        if(ahead = 0,
            position(payload, ',"predictability":', greatest(begins, 1)),
            position(payload, '}},"detector":', greatest(begins, 1))) AS ends
    FROM snapshots FINAL
    WHERE name = 'judge'
)
