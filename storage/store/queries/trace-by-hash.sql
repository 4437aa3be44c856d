-- Which calls carried one of these values? By the values' keyed hashes (16 hex digits), in order of time, in
-- [since, until) µs; of them those of a subject, chosen as in `subject-parts`. matched: [label, direction, place], where in the call.
-- A value that is stored twice gives the same calls.
WITH wanted AS
(
    SELECT reinterpretAsUInt64(reverse(unhex(one))) FROM (SELECT arrayJoin({hashes:Array(String)}) AS one)
),
seen AS
(
    SELECT app, ts, flow, depth, label, direction, place FROM `values`
    WHERE hash IN (SELECT * FROM wanted)
        AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
)
SELECT
    uid,
    ts,
    app,
    apiId,
    method,
    template,
    operation,
    format,
    path,
    query,
    status,
    success,
    client,
    server,
    serverPort,
    userAgent,
    referer,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    pairing,
    unpaired,
    weird,
    account,
    session,
    functions,
    labelsRequest,
    labelsResponse,
    persons,
    claimedClient,
    device,
    resultCode,
    m.matched AS matched
FROM
(
    SELECT * FROM callRows
    WHERE (app, ts, flow, depth) IN (SELECT app, ts, flow, depth FROM seen)
        AND ({app:String} = '' OR app = {app:String})
        AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
        AND ({client:String} = '' OR client = {client:String})
        AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
        AND ({label:String} = '' OR has(labelsRequest.label, {label:String}) OR has(labelsResponse.label, {label:String}))
        AND ({userAgent:String} = '' OR positionCaseInsensitiveUTF8(userAgent, {userAgent:String}) > 0)
        AND ({referer:String} = '' OR positionCaseInsensitiveUTF8(referer, {referer:String}) > 0)
        AND ({session:String} = '' OR startsWith(session, {session:String}))
        AND ({device:String} = '' OR positionCaseInsensitiveUTF8(device, {device:String}) > 0)
) AS c
INNER JOIN
(
    SELECT app, ts, flow, depth, arraySort(groupUniqArray([toString(label), toString(direction), toString(place)])) AS matched
    FROM seen
    GROUP BY app, ts, flow, depth
) AS m ON m.app = c.app AND m.ts = c.ts AND m.flow = c.flow AND m.depth = c.depth
ORDER BY ts, flow, depth
LIMIT if({limit:UInt64} = 0, 1000000000000, {limit:UInt64}) OFFSET {offset:UInt64}
