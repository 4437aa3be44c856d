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
        sum(h.calls) AS calls,
        sum(h.errors) AS errors,
        uniqExactMerge(h.clients) AS clients,
        uniqExactIfMerge(h.accounts) AS accounts,
        sum(h.boundCalls) AS boundCalls,
        arraySort(groupUniqArrayArray(h.given.label)) AS labels,
        sumMap(h.given.label, arrayMap((n, masked) -> toUInt64(n - masked), h.given.count, h.given.masked)) AS values,
        max(h.persons) AS persons,
        sum(h.outsideCalls) AS outsideCalls,
        uniqExact(intDiv(h.hour + {offsetSeconds:Int64} * 1000000, 86400000000)) AS days,
        arraySlice(arraySort(groupUniqArrayMerge(32)(h.servers)), 1, 8) AS servers,
        arraySort(groupUniqArrayIf(h.method, h.method != '')) AS methods,
        sum(h.requestBytes) AS requestBytes,
        sum(h.responseBytes) AS responseBytes,
        min(h.firstTs) AS firstSeen,
        max(h.lastTs) AS lastSeen
    FROM callSums(since = {since:Int64}, until = {until:Int64}, offset = {offsetSeconds:Int64}, every = 86400, byApi = 0) AS h
    WHERE ({app:String} = '' OR app = {app:String})
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
