-- Who changed or decided what, when? The operators' log in [since, until) µs of wall clock, in order; the newest `limit` of
-- it when that is given. Filters that are empty filter nothing.
SELECT id, kind, subject, value, by, note, ts
FROM
(
    SELECT id, toString(kind) AS kind, subject, value, by, note, ts
    FROM decisions FINAL
    WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
        AND ({kind:String} = '' OR kind = {kind:String})
        AND ({by:String} = '' OR by = {by:String})
        AND ({subject:String} = '' OR startsWith(subject, {subject:String}))
    ORDER BY ts DESC, id
    LIMIT if({limit:UInt64} = 0, 1000000000, {limit:UInt64})
)
ORDER BY ts, id
