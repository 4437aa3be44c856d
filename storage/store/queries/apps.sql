-- Which applications are there, and how much are they used? Calls in [since, until) µs; 0 is no limit; one application, or all
-- when `app` is empty. boundCalls: calls whose account is known; labels: what responses gave out; given: how many values of each
-- in clear; persons: in the response that had most of them; outsideCalls: from addresses that are not of private use; days:
-- days with calls, of a zone `offsetSeconds` ahead of UTC. decided: what people last said of it, as JSON text.
-- `apis` counts what the question `apis` lists: confirmed or provisional, static files left out; grades: of them, by grade.
SELECT
    toString(c.app) AS app,
    i.apis AS apis,
    i.grades AS grades,
    calls,
    errors,
    clients,
    accounts,
    boundCalls,
    labels,
    arrayMap((label, count) -> CAST((label, count), 'Tuple(label String, count UInt64)'), c.values.1, c.values.2) AS given,
    persons,
    outsideCalls,
    days,
    servers,
    methods,
    requestBytes,
    responseBytes,
    firstSeen,
    lastSeen,
    d.decided AS decided
FROM
(
    SELECT
        app,
        count() AS calls,
        countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
        uniqExact(client) AS clients,
        uniqExactIf(accountHash, accountHash != '') AS accounts,
        countIf(accountHash != '') AS boundCalls,
        arraySort(groupUniqArrayArray(labelsResponse.label)) AS labels,
        sumMap(arrayMap(x -> toString(x), labelsResponse.label),
            arrayMap((n, masked) -> toUInt64(n - masked), labelsResponse.count, labelsResponse.masked)) AS values,
        max(persons) AS persons,
        countIf(NOT match(client, '^(10\\.|127\\.|192\\.168\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)')) AS outsideCalls,
        uniqExact(intDiv(ts + {offsetSeconds:Int64} * 1000000, 86400000000)) AS days,
        arraySlice(arraySort(groupUniqArray(32)(toString(server))), 1, 8) AS servers,
        arraySort(groupUniqArrayIf(toString(method), method != '')) AS methods,
        sum(requestBytes) AS requestBytes,
        sum(responseBytes) AS responseBytes,
        min(ts) AS firstSeen,
        max(ts) AS lastSeen
    FROM callRows
    WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
        AND ({app:String} = '' OR app = {app:String})
    GROUP BY app
) AS c
LEFT JOIN
(
    SELECT a.app AS app, count() AS apis, sumMap(map(t.grade, toUInt64(1))) AS grades
    FROM (SELECT id, app FROM apiRows WHERE state != 'candidate' AND format != 'asset') AS a
    LEFT JOIN apiTraitRows AS t ON t.id = a.id
    GROUP BY app
) AS i ON i.app = toString(c.app)
LEFT JOIN
(
    SELECT subject, argMax(value, (ts, id)) AS decided FROM decisions FINAL WHERE kind = 'app-owner' GROUP BY subject
) AS d ON d.subject = toString(c.app)
ORDER BY calls DESC, app
