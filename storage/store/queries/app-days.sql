-- How much of an application was visited on each day, and how much data did it give out? Days of a zone `offsetSeconds` ahead
-- of UTC, latest first, at most `limit` (0: 31). values: labelled values in clear; persons: in the response that had most.
SELECT
    toString(toDate(intDiv(ts, 1000000) + {offsetSeconds:Int64})) AS day,
    count() AS calls,
    uniqExact(client) AS clients,
    uniqExactIf(accountHash, accountHash != '') AS accounts,
    sum(arraySum(labelsResponse.count) - arraySum(labelsResponse.masked)) AS values,
    max(persons) AS persons,
    sum(requestBytes) AS requestBytes,
    sum(responseBytes) AS responseBytes
FROM callRows
WHERE app = {app:String} AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
GROUP BY day
ORDER BY day DESC
LIMIT if({limit:UInt64} = 0, 31, {limit:UInt64})
