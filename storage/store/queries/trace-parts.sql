-- Of the calls that carried one of these values (16 hex digits each): by whom, from where, through what, and when?
-- Of those of a subject, chosen as in `subject-parts`. kind: account, client, api, app, day or hour; key: what of that kind. Days and hours of the day are those of a zone
-- `offsetSeconds` ahead of UTC. Most calls first, at most `limit` a kind (0: 1000).
-- A value that is stored twice gives the same calls.
WITH wanted AS
(
    SELECT reinterpretAsUInt64(reverse(unhex(one))) FROM (SELECT arrayJoin({hashes:Array(String)}) AS one)
),
seen AS
(
    SELECT app, ts, flow, depth, label, direction, place FROM `values`
    WHERE hash IN (SELECT * FROM wanted)
        AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
)
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
WHERE (app, ts, flow, depth) IN (SELECT app, ts, flow, depth FROM seen)
    AND ({app:String} = '' OR app = {app:String})
    AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
    AND ({client:String} = '' OR client = {client:String})
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
