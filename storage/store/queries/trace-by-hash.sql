-- Which calls carried one of these values? By the values' keyed hashes (16 hex digits), in order of time, in
-- [since, until) µs. matched: [label, direction, place], where in the call.
WITH wanted AS
(
    SELECT reinterpretAsUInt64(reverse(unhex(one))) FROM (SELECT arrayJoin({hashes:Array(String)}) AS one)
),
seen AS
(
    SELECT app, ts, flow, depth, label, direction, place FROM `values` FINAL
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
    m.matched AS matched
FROM (SELECT * FROM callRows WHERE (app, ts, flow, depth) IN (SELECT app, ts, flow, depth FROM seen)) AS c
INNER JOIN
(
    SELECT app, ts, flow, depth, arraySort(groupUniqArray([toString(label), toString(direction), toString(place)])) AS matched
    FROM seen
    GROUP BY app, ts, flow, depth
) AS m ON m.app = c.app AND m.ts = c.ts AND m.flow = c.flow AND m.depth = c.depth
ORDER BY ts, flow, depth
LIMIT if({limit:UInt64} = 0, 1000000000000, {limit:UInt64}) OFFSET {offset:UInt64}
