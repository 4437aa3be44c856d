-- Which labels did the calls carry that carried one of these values (16 hex digits each)? Of those of a subject, chosen as in
-- `subject-parts`, in [since, until) µs. The answer is as that of `subject-labels`.
-- A value that is stored twice gives the same calls.
WITH wanted AS
(
    SELECT reinterpretAsUInt64(reverse(unhex(one))) FROM (SELECT arrayJoin({hashes:Array(String)}) AS one)
),
seen AS
(
    SELECT app, ts, flow, depth FROM `values`
    WHERE hash IN (SELECT * FROM wanted)
        AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
)
SELECT
    part.1 AS direction,
    toString(part.2.label) AS label,
    count() AS calls,
    sum(part.2.count) AS values,
    max(part.2.distinct) AS most,
    sum(part.2.masked) AS masked,
    argMax(part.2.sample, (part.2.count, part.2.sample)) AS sample,
    maxIf(persons, direction = 'response') AS persons
FROM callRows
ARRAY JOIN arrayConcat(
    arrayMap(x -> ('request', x), labelsRequest),
    arrayMap(x -> ('response', x), labelsResponse)) AS part
WHERE (app, ts, flow, depth) IN (SELECT app, ts, flow, depth FROM seen)
    AND ({app:String} = '' OR app = {app:String})
    AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
    AND ({client:String} = '' OR client = {client:String})
    AND ({account:String} = '' OR account = {account:String})
    AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
    AND ({label:String} = '' OR has(labelsRequest.label, {label:String}) OR has(labelsResponse.label, {label:String}))
    AND ({userAgent:String} = '' OR positionCaseInsensitiveUTF8(userAgent, {userAgent:String}) > 0)
    AND ({referer:String} = '' OR positionCaseInsensitiveUTF8(referer, {referer:String}) > 0)
    AND ({session:String} = '' OR startsWith(session, {session:String}))
    AND ({device:String} = '' OR positionCaseInsensitiveUTF8(device, {device:String}) > 0)
GROUP BY direction, label
ORDER BY direction DESC, values DESC, label
