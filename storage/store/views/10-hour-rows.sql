-- Calls in [since, until) µs (until 0: no end) summed up by time, application, API (its provisional id) and method: whole
-- hours that hold in callHours are taken from there, all others from the calls, by `every` seconds of a zone `offset` seconds
-- ahead of UTC. `hour` is where the hour, or that time, begins; a question that needs neither sums up all calls at once. Where
-- the zone's hours are not those of UTC, all are taken from the calls. Where `byApi` is 0 these are not told apart by API, but
-- for APIs of which people said what they do not hold: who called each of them takes room that a question by application
-- has no use for.
CREATE OR REPLACE VIEW hourRows AS
WITH
    assumeNotNull((SELECT argMax(value, version) FROM settings WHERE name = 'callHours')) AS rolled,
    JSONExtractInt(rolled, 'until') AS rolledUntil,
    JSONExtract(rolled, 'stale', 'Array(Int64)') AS stale,
    if({until:Int64} = 0, 9223372036854775807, {until:Int64}) AS upTo,
    intDiv({since:Int64} + 3599999999, 3600000000) * 3600000000 AS firstHour,
    {every:Int64} * 1000000 AS bucketUs,
    arrayConcat(
        (SELECT groupUniqArray(toString(api)) FROM fieldMarks WHERE history),
        (SELECT groupArray(toString(alias)) FROM apiAliases FINAL
            WHERE toString(id) IN (SELECT toString(api) FROM fieldMarks WHERE history))) AS apart,
    if(modulo({offset:Int64}, 3600) != 0, firstHour, greatest(firstHour, least(intDiv(upTo, 3600000000) * 3600000000, rolledUntil))) AS endHour
SELECT *
FROM
(
    SELECT * EXCEPT (version)
    FROM callHours FINAL
    WHERE hour >= firstHour AND hour < endHour AND NOT has(stale, hour) AND calls > 0
    UNION ALL
    SELECT
        intDiv(ts + {offset:Int64} * 1000000, bucketUs) * bucketUs - {offset:Int64} * 1000000 AS hour,
        app,
        if({byApi:UInt8} = 1 OR has(apart, toString(calls.apiId)), calls.apiId, '') AS apiId,
        method,
        count() AS calls,
        countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
        countIf(pairing = 'paired') AS timed,
        countIf(accountHash != '') AS boundCalls,
        countIf(NOT match(client, '^(10\\.|127\\.|192\\.168\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)')) AS outsideCalls,
        sum(calls.requestBytes) AS requestBytes,
        sum(calls.responseBytes) AS responseBytes,
        min(ts) AS firstTs,
        max(ts) AS lastTs,
        max(calls.persons) AS persons,
        arraySort(groupUniqArrayArray(calls.functions)) AS functions,
        CAST(arrayZip(sumMap(labelsRequest.label, labelsRequest.count, labelsRequest.masked).1,
            sumMap(labelsRequest.label, labelsRequest.count, labelsRequest.masked).2,
            sumMap(labelsRequest.label, labelsRequest.count, labelsRequest.masked).3),
            'Array(Tuple(label String, count UInt64, masked UInt64))') AS sent,
        CAST(arrayZip(sumMap(labelsResponse.label, labelsResponse.count, labelsResponse.masked).1,
            sumMap(labelsResponse.label, labelsResponse.count, labelsResponse.masked).2,
            sumMap(labelsResponse.label, labelsResponse.count, labelsResponse.masked).3),
            'Array(Tuple(label String, count UInt64, masked UInt64))') AS given,
        uniqExactState(toString(client)) AS clients,
        uniqExactIfState(toString(accountHash), accountHash != '') AS accounts,
        quantilesDeterministicIfState(0.5, 0.95)(durationUs, bitXor(flow, depth), pairing = 'paired') AS latency,
        groupUniqArrayState(32)(toString(server)) AS servers
    FROM calls FINAL
    WHERE ts >= {since:Int64} AND ts < upTo
        AND (ts < firstHour OR ts >= endHour
            OR (ts >= arrayMin(stale) AND ts < arrayMax(stale) + 3600000000 AND has(stale, intDiv(ts, 3600000000) * 3600000000)))
    GROUP BY hour, app, apiId, method
);
