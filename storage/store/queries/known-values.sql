-- Which of these values (16 hex digits each) were ever seen, in [since, until) µs?
SELECT leftPad(lower(hex(seen)), 16, '0') AS hash
FROM
(
    SELECT DISTINCT v.hash AS seen
    FROM `values` AS v
    WHERE v.hash IN (SELECT reinterpretAsUInt64(reverse(unhex(one))) FROM (SELECT arrayJoin({hashes:Array(String)}) AS one))
        AND v.ts >= {since:Int64} AND v.ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
)
ORDER BY hash
