-- How much was called, how fast and with what result, by app, api, client, account (as shown), method or status, and in time buckets of
-- `every` seconds (0: one bucket, 0)? Buckets begin at midnight of a zone `offsetSeconds` ahead of UTC; they are named
-- by their start in µs. Calls in [since, until) µs; app filters when not empty.
-- What whole hours can answer is answered from callSums; both halves tell the same.
WITH ({by:String} IN ('', 'app', 'api', 'method')
    AND ({every:Int64} = 0 OR (modulo({every:Int64}, 3600) = 0 AND modulo({offsetSeconds:Int64}, 3600) = 0))) AS summed
SELECT *
FROM
(
    SELECT
        multiIf({by:String} = 'app', h.app, {by:String} = 'api', h.apiId, {by:String} = 'method', h.method, '') AS key,
        if({every:Int64} = 0, 0,
            intDiv(h.hour + {offsetSeconds:Int64} * 1000000, greatest({every:Int64}, 1) * 1000000) * {every:Int64} * 1000000
                - {offsetSeconds:Int64} * 1000000) AS bucket,
        sum(h.calls) AS calls,
        sum(h.errors) AS errors,
        CAST(sumMap([h.method], [h.calls]), 'Map(String, UInt64)') AS methods,
        if(sum(h.timed) = 0, NULL, toInt64(round(quantilesDeterministicIfMerge(0.5, 0.95)(h.latency)[1]))) AS p50Us,
        if(sum(h.timed) = 0, NULL, toInt64(round(quantilesDeterministicIfMerge(0.5, 0.95)(h.latency)[2]))) AS p95Us,
        sum(h.requestBytes) AS requestBytes,
        sum(h.responseBytes) AS responseBytes
    FROM callSums(since = {since:Int64}, until = {until:Int64}, offset = {offsetSeconds:Int64},
        every = if({every:Int64} = 0, 1000000000, {every:Int64}), byApi = if({by:String} = 'api', 1, 0)) AS h
    WHERE summed AND ({app:String} = '' OR app = {app:String})
    GROUP BY key, bucket
    UNION ALL
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
    WHERE NOT summed AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
        AND ({app:String} = '' OR app = {app:String})
    GROUP BY key, bucket
)
ORDER BY bucket, calls DESC, key
