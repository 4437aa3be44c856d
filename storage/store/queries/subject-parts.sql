-- Of the calls of a subject (app, apiId or its beginning, client, account as shown, accountHash or its beginning; label, part
-- of the User-Agent, Referer or device, session or its beginning; what is empty filters nothing) in [since, until) µs: by whom, from where, through what, and when?
-- kind: account, client, api, app, day or hour; key: what of that kind. Days and hours of the day are those of a zone
-- `offsetSeconds` ahead of UTC. Most calls first, at most `limit` a kind (0: 1000).
SELECT
    part.1 AS kind,
    part.2 AS key,
    count() AS calls,
    countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
    sum(responseBytes) AS responseBytes,
    min(ts) AS first,
    max(ts) AS last
FROM callRows
ARRAY JOIN
    [('account', toString(account)), ('client', toString(client)), ('api', apiId), ('app', toString(app)),
        ('day', toString(toDate(intDiv(ts, 1000000) + {offsetSeconds:Int64}))),
        ('hour', leftPad(toString(intDiv(ts + {offsetSeconds:Int64} * 1000000, 3600000000) % 24), 2, '0'))] AS part
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND ({app:String} = '' OR app = {app:String})
    AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
    AND ({client:String} = '' OR client = {client:String})
    AND ({account:String} = '' OR account = {account:String})
    AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
    AND ({label:String} = '' OR has(labelsRequest.label, {label:String}) OR has(labelsResponse.label, {label:String}))
    AND ({userAgent:String} = '' OR positionCaseInsensitiveUTF8(userAgent, {userAgent:String}) > 0)
    AND ({referer:String} = '' OR positionCaseInsensitiveUTF8(referer, {referer:String}) > 0)
    AND ({session:String} = '' OR startsWith(session, {session:String}))
    AND ({device:String} = '' OR positionCaseInsensitiveUTF8(device, {device:String}) > 0)
GROUP BY kind, key
HAVING key != ''
ORDER BY kind, calls DESC, key
LIMIT if({limit:UInt64} = 0, 1000, {limit:UInt64}) BY kind
