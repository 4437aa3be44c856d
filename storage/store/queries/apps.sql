-- Which applications are there, and how much are they used? Calls in [since, until) µs; 0 is no limit.
-- boundCalls: calls whose account is known; labels: what responses gave out.
-- `apis` counts what the question `apis` lists: confirmed or provisional, static files left out.
SELECT
    toString(c.app) AS app,
    i.apis AS apis,
    calls,
    errors,
    clients,
    accounts,
    boundCalls,
    labels,
    methods,
    requestBytes,
    responseBytes,
    firstSeen,
    lastSeen
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
        arraySort(groupUniqArrayIf(toString(method), method != '')) AS methods,
        sum(requestBytes) AS requestBytes,
        sum(responseBytes) AS responseBytes,
        min(ts) AS firstSeen,
        max(ts) AS lastSeen
    FROM callRows
    WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    GROUP BY app
) AS c
LEFT JOIN
(
    SELECT app, count() AS apis FROM apiRows WHERE state != 'candidate' AND format != 'asset' GROUP BY app
) AS i ON i.app = toString(c.app)
ORDER BY calls DESC, app
