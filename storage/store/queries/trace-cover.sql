-- Of a sample of values, who had how many? `values`: the hash of each (16 hex digits), a colon and its number in the sample;
-- a value of several forms has several. kind: call, account, client, api, app, day, or all; items: which numbers (of the
-- first 50 of a kind only). Of the calls of a subject, chosen as in `subject-parts`, in [since, until) µs; days of a zone `offsetSeconds` ahead of UTC.
-- many: so many values that nearly all calls must be looked through: then by their time alone, not by their key. A value that
-- is stored twice gives the same calls.
WITH wanted AS
(
    SELECT reinterpretAsUInt64(reverse(unhex(substring(one, 1, 16)))) AS hash, toUInt32(substring(one, 18)) AS item
    FROM (SELECT arrayJoin({values:Array(String)}) AS one)
),
seen AS
(
    SELECT v.app AS app, v.ts AS ts, v.flow AS flow, v.depth AS depth, groupUniqArray(w.item) AS items
    FROM
    (
        SELECT hash, app, ts, flow, depth FROM `values`
        WHERE hash IN (SELECT hash FROM wanted)
            AND ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    ) AS v
    INNER JOIN wanted AS w ON w.hash = v.hash
    GROUP BY app, ts, flow, depth
)
SELECT kind, key, calls, persons, first, last, matched, items
FROM
(
SELECT
    part.1 AS kind,
    part.2 AS key,
    count() AS calls,
    sum(persons) AS persons,
    min(s.ts) AS first,
    max(s.ts) AS last,
    arraySort(groupUniqArrayArray(s.items)) AS had,
    length(had) AS matched,
    if(row_number() OVER (PARTITION BY kind ORDER BY matched DESC, calls, key) <= 50, had, []) AS items
FROM seen AS s
INNER JOIN
(
    SELECT uid, app, ts, flow, depth, account, client, apiId, persons FROM callRows
    WHERE ({many:UInt8} = 0 OR ts IN (SELECT ts FROM `values` WHERE hash IN (SELECT hash FROM wanted)))
        AND ({many:UInt8} = 1 OR (app, ts, flow, depth) IN (SELECT app, ts, flow, depth FROM seen))
        AND ({app:String} = '' OR app = {app:String})
        AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
        AND ({client:String} = '' OR client = {client:String})
        AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
        AND ({label:String} = '' OR has(labelsRequest.label, {label:String}) OR has(labelsResponse.label, {label:String}))
        AND ({userAgent:String} = '' OR positionCaseInsensitiveUTF8(userAgent, {userAgent:String}) > 0)
        AND ({referer:String} = '' OR positionCaseInsensitiveUTF8(referer, {referer:String}) > 0)
        AND ({session:String} = '' OR startsWith(session, {session:String}))
        AND ({device:String} = '' OR positionCaseInsensitiveUTF8(device, {device:String}) > 0)
) AS c ON c.app = s.app AND c.ts = s.ts AND c.flow = s.flow AND c.depth = s.depth
ARRAY JOIN
    [('call', c.uid), ('account', toString(c.account)), ('client', toString(c.client)), ('api', c.apiId),
        ('app', toString(c.app)), ('all', 'all'),
        ('day', toString(toDate(intDiv(c.ts, 1000000) + {offsetSeconds:Int64})))] AS part
GROUP BY kind, key
HAVING key != ''
ORDER BY kind, matched DESC, calls, key
LIMIT 1000 BY kind
)
ORDER BY kind, matched DESC, calls, key
