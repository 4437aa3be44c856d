-- Which APIs are there, and how much is each used? Filters by app, format, method, state (of discovery or of the
-- lifecycle) and by text in app, template or operation; an empty one filters nothing. Static files come with format
-- 'asset' or includeAssets, candidates with state 'candidate' or 'all'. functionReasons: why, by function. Latencies are of exchanges with both halves, null when there is none, exact up to 8192
-- calls and by a sample of as many beyond. labelsRequest, labelsResponse: values by label, and how many of them travelled
-- in a masked form; persons: in the response that had most of them. grade, level, function, exposure, caller and audience
-- filter by what people said, else by what the engine thinks; label by data in either direction. decided: what people said.
SELECT
    i.id AS id,
    i.app AS app,
    i.method AS method,
    i.template AS template,
    i.operation AS operation,
    if(t.format = '', toString(i.format), t.format) AS format,
    toString(i.state) AS state,
    i.lifecycle AS lifecycle,
    c.calls AS calls,
    c.errors AS errors,
    c.clients AS clients,
    c.accounts AS accounts,
    c.persons AS persons,
    if(empty(t.functions), c.functions, t.functions) AS functions,
    mapFromArrays(i.functions.name, i.functions.reason) AS functionReasons,
    arrayMap((label, count, masked) -> CAST((label, count, masked), 'Tuple(label String, count UInt64, masked UInt64)'),
        c.sent.1, c.sent.2, c.sent.3) AS labelsRequest,
    arrayMap((label, count, masked) -> CAST((label, count, masked), 'Tuple(label String, count UInt64, masked UInt64)'),
        c.given.1, c.given.2, c.given.3) AS labelsResponse,
    if(c.timed = 0, NULL, toInt64(round(c.latency[1]))) AS p50Us,
    if(c.timed = 0, NULL, toInt64(round(c.latency[2]))) AS p95Us,
    c.requestBytes AS requestBytes,
    c.responseBytes AS responseBytes,
    i.firstSeen AS firstSeen,
    i.lastSeen AS lastSeen,
    i.templateReason AS templateReason,
    i.formatReason AS formatReason,
    t.traits AS traits,
    t.proposals AS proposals,
    t.decided AS decided
FROM
(
    SELECT *
    FROM apiRows
    WHERE ({app:String} = '' OR app = {app:String})
        AND if({format:String} = '', {includeAssets:UInt8} = 1 OR format != 'asset', format = {format:String})
        AND ({method:String} = '' OR method = {method:String})
        AND multiIf({state:String} = 'all', 1, {state:String} = '', state != 'candidate', {state:String} IN (state, lifecycle))
        AND ({search:String} = '' OR positionCaseInsensitiveUTF8(concat(app, template, ' ', operation), {search:String}) > 0)
        AND ({grade:String} = '' OR id IN (SELECT id FROM apiTraitRows WHERE grade = {grade:String}))
        AND ({level:String} = '' OR id IN (SELECT id FROM apiTraitRows WHERE level = {level:String}))
        AND ({function:String} = '' OR id IN (SELECT id FROM apiTraitRows WHERE has(functions, {function:String})))
        AND ({exposure:String} = '' OR id IN (
            SELECT id FROM apiTraitRows WHERE has(splitByChar(',', exposure), {exposure:String})))
        AND ({caller:String} = '' OR id IN (SELECT id FROM apiTraitRows WHERE caller = {caller:String}))
        AND ({audience:String} = '' OR id IN (SELECT id FROM apiTraitRows WHERE audience = {audience:String}))
        AND ({label:String} = '' OR id IN (
            SELECT apiId FROM callRows
            WHERE has(labelsResponse.label, {label:String}) OR has(labelsRequest.label, {label:String})))
    ORDER BY app, template, method, operation, id
    LIMIT if({limit:UInt64} = 0, 1000000000, {limit:UInt64}) OFFSET {offset:UInt64}
) AS i
LEFT JOIN
(
    SELECT
        apiId,
        sum(h.calls) AS calls,
        sum(h.errors) AS errors,
        uniqExactMerge(h.clients) AS clients,
        arraySort(groupUniqArrayArray(h.functions)) AS functions,
        sumMap(h.sent.label, h.sent.count, h.sent.masked) AS sent,
        sumMap(h.given.label, h.given.count, h.given.masked) AS given,
        max(h.persons) AS persons,
        uniqExactIfMerge(h.accounts) AS accounts,
        sum(h.timed) AS timed,
        quantilesDeterministicIfMerge(0.5, 0.95)(h.latency) AS latency,
        sum(h.requestBytes) AS requestBytes,
        sum(h.responseBytes) AS responseBytes
    FROM callSums(since = 0, until = 0, offset = 0, every = 1000000000, byApi = 1) AS h
    WHERE ({app:String} = '' OR app = {app:String})
    GROUP BY apiId
) AS c ON c.apiId = i.id
LEFT JOIN apiTraitRows AS t ON t.id = i.id
ORDER BY app, template, method, operation, id
