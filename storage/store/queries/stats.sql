-- How much was called, how fast and with what result, by app, api, client, account (as shown), method or status, and in time buckets of
-- `every` seconds (0: one bucket, 0)? Buckets begin at midnight of a zone `offsetSeconds` ahead of UTC; they are named
-- by their start in µs. Calls in [since, until) µs; app filters when not empty.
SELECT
    multiIf(
        {by:String} = 'app', toString(app),
        {by:String} = 'api', apiId,
        {by:String} = 'client', toString(client),
        {by:String} = 'account', toString(account),
        {by:String} = 'method', toString(method),
        {by:String} = 'status', toString(status),
        '') AS key,
    if({every:Int64} = 0, 0,
        intDiv(ts + {offsetSeconds:Int64} * 1000000, greatest({every:Int64}, 1) * 1000000) * {every:Int64} * 1000000
            - {offsetSeconds:Int64} * 1000000) AS bucket,
    count() AS calls,
    countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
    CAST(sumMap([toString(method)], [toUInt64(1)]), 'Map(String, UInt64)') AS methods,
    if(countIf(pairing = 'paired') = 0, NULL, toInt64(round(
        quantileDeterministicIf(0.5)(durationUs, bitXor(flow, depth), pairing = 'paired')))) AS p50Us,
    if(countIf(pairing = 'paired') = 0, NULL, toInt64(round(
        quantileDeterministicIf(0.95)(durationUs, bitXor(flow, depth), pairing = 'paired')))) AS p95Us,
    sum(requestBytes) AS requestBytes,
    sum(responseBytes) AS responseBytes
FROM callRows
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND ({app:String} = '' OR app = {app:String})
GROUP BY key, bucket
ORDER BY bucket, calls DESC, key
