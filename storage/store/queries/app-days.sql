-- How much of an application was visited on each day, and how much data did it give out? Days of a zone `offsetSeconds` ahead
-- of UTC, latest first, at most `limit` (0: 31). values: labelled values in clear; persons: in the response that had most.
SELECT
    toString(toDate(intDiv(h.hour, 1000000) + {offsetSeconds:Int64})) AS day,
    sum(h.calls) AS calls,
    uniqExactMerge(h.clients) AS clients,
    uniqExactIfMerge(h.accounts) AS accounts,
    sum(arraySum(h.given.count) - arraySum(h.given.masked)) AS values,
    max(h.persons) AS persons,
    sum(h.requestBytes) AS requestBytes,
    sum(h.responseBytes) AS responseBytes
FROM callSums(since = {since:Int64}, until = {until:Int64}, offset = {offsetSeconds:Int64}, every = 86400, byApi = 0) AS h
WHERE app = {app:String}
GROUP BY day
ORDER BY day DESC
LIMIT if({limit:UInt64} = 0, 31, {limit:UInt64})
