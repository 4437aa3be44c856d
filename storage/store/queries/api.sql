-- What is one API, in full? `id` may be the beginning of an id: every API it fits is answered, at most 20.
-- labelsRequest, labelsResponse, persons, functionReasons: as in `apis`. Of its life: first and last success and the
-- silences it came back from, the newest call there is, and the periods (µs) that make a state of them.
-- statuses: [status, calls] by status, 0 for no response; topClients: [client, calls], ten, most calls first;
-- hours and days: [start µs, calls] with `offsetSeconds` the zone's distance from UTC, the latest 720 hours.
WITH matching AS
(
    SELECT * FROM apiRows
    WHERE {id:String} != '' AND startsWith(id, {id:String})
    ORDER BY id
    LIMIT 20
),
answered AS
(
    SELECT
        apiId,
        status,
        client,
        intDiv(ts + {offsetSeconds:Int64} * 1000000, 3600000000) AS hour,
        requestBytes,
        responseBytes,
        success,
        accountHash,
        functions,
        labelsRequest,
        labelsResponse,
        persons,
        durationUs,
        pairing,
        flow,
        depth
    FROM callRows
    WHERE apiId IN (SELECT id FROM matching) AND app IN (SELECT app FROM matching)
)
SELECT
    i.id AS id,
    i.app AS app,
    i.method AS method,
    i.template AS template,
    i.operation AS operation,
    if(r.format = '', toString(i.format), r.format) AS format,
    toString(i.state) AS state,
    i.lifecycle AS lifecycle,
    c.calls AS calls,
    c.errors AS errors,
    c.clients AS clients,
    c.accounts AS accounts,
    c.persons AS persons,
    if(empty(r.functions), c.functions, r.functions) AS functions,
    mapFromArrays(i.functions.name, i.functions.reason) AS functionReasons,
    arrayMap((label, count, masked) -> CAST((label, count, masked), 'Tuple(label String, count UInt64, masked UInt64)'),
        c.sent.1, c.sent.2, c.sent.3) AS labelsRequest,
    arrayMap((label, count, masked) -> CAST((label, count, masked), 'Tuple(label String, count UInt64, masked UInt64)'),
        c.given.1, c.given.2, c.given.3) AS labelsResponse,
    if(c.timed = 0, NULL, toInt64(round(c.latency[1]))) AS p50Us,
    if(c.timed = 0, NULL, toInt64(round(c.latency[2]))) AS p95Us,
    c.requestBytes AS requestBytes,
    c.responseBytes AS responseBytes,
    i.bornAt AS firstSuccess,
    i.aliveAt AS lastSuccess,
    i.revivals AS revivals,
    i.newestCall AS newestCall,
    i.newPeriod AS newPeriod,
    i.inactivePeriod AS inactivePeriod,
    i.revivedPeriod AS revivedPeriod,
    i.successes AS successes,
    i.failures AS failures,
    i.firstSeen AS firstSeen,
    i.lastSeen AS lastSeen,
    i.templateReason AS templateReason,
    i.formatReason AS formatReason,
    r.traits AS traits,
    r.proposals AS proposals,
    r.decided AS decided,
    arrayMap((name, value) -> [name, value], c.statuses.1, c.statuses.2) AS statuses,
    t.topClients AS topClients,
    arrayMap((name, value) -> [name * 3600000000 - {offsetSeconds:Int64} * 1000000, toInt64(value)], h.hours.1, h.hours.2) AS hours,
    arrayMap((name, value) -> [name * 86400000000 - {offsetSeconds:Int64} * 1000000, toInt64(value)], c.days.1, c.days.2) AS days
FROM matching AS i
LEFT JOIN apiTraitRows AS r ON r.id = i.id
LEFT JOIN
(
    SELECT
        apiId,
        count() AS calls,
        countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
        uniqExact(client) AS clients,
        arraySort(groupUniqArrayArray(functions)) AS functions,
        sumMap(labelsRequest.label, labelsRequest.count, labelsRequest.masked) AS sent,
        sumMap(labelsResponse.label, labelsResponse.count, labelsResponse.masked) AS given,
        max(persons) AS persons,
        uniqExactIf(accountHash, accountHash != '') AS accounts,
        countIf(pairing = 'paired') AS timed,
        quantilesDeterministicIf(0.5, 0.95)(durationUs, bitXor(flow, depth), pairing = 'paired') AS latency,
        sum(requestBytes) AS requestBytes,
        sum(responseBytes) AS responseBytes,
        sumMap([toUInt64(status)], [toUInt64(1)]) AS statuses,
        sumMap([intDiv(hour, 24)], [toUInt64(1)]) AS days
    FROM answered
    GROUP BY apiId
) AS c ON c.apiId = i.id
LEFT JOIN
(
    SELECT apiId, sumMap([hour], [calls]) AS hours
    FROM
    (
        SELECT apiId, hour, count() AS calls FROM answered GROUP BY apiId, hour
        ORDER BY hour DESC
        LIMIT 720 BY apiId
    )
    GROUP BY apiId
) AS h ON h.apiId = i.id
LEFT JOIN
(
    SELECT apiId, arraySort(x -> (-x.2, x.1), groupArray((client, calls))) AS topClients
    FROM
    (
        SELECT apiId, toString(client) AS client, count() AS calls FROM answered GROUP BY apiId, client
        ORDER BY calls DESC, client
        LIMIT 10 BY apiId
    )
    GROUP BY apiId
) AS t ON t.apiId = i.id
ORDER BY id
