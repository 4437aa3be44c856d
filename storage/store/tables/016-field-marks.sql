-- Fields that people said hold no such data: the last word on each, under the API's id of now. What was taken back is left
-- out. history: earlier calls are shown without the label too, for no other field of the API gave it.
CREATE OR REPLACE VIEW fieldMarks AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT api, direction, field, label, last.2 AS history, last.3 AS by, last.4 AS note, last.5 AS ts
FROM
(
    SELECT
        transform(subject, aliases.1, aliases.2, subject) AS api,
        JSONExtractString(value, 'direction') AS direction,
        JSONExtractString(value, 'field') AS field,
        JSONExtractString(value, 'label') AS label,
        argMax((JSONExtractBool(value, 'marked'), JSONExtractBool(value, 'history'), by, note, ts), (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-field'
    GROUP BY api, direction, field, label
)
WHERE last.1;

-- As before, without labels that people said are none.
CREATE OR REPLACE VIEW callRows AS
WITH
    (SELECT (groupArray(alias), groupArray(id), groupArray(template)) FROM apiAliases FINAL) AS aliases,
    transform(toString(calls.apiId), aliases.1, aliases.2, toString(calls.apiId)) AS apiIdNow,
    (SELECT groupArray((api, direction, label)) FROM fieldMarks WHERE history) AS marks
SELECT
    concat(leftPad(lower(hex(flow)), 16, '0'), '-', toString(depth)) AS uid,
    flow,
    depth,
    ts,
    completedTs,
    app,
    server,
    serverPort,
    client,
    clientPort,
    vlan,
    tunnel,
    httpVersion,
    method,
    path,
    query,
    ifNull(nullIf(transform(toString(calls.apiId), aliases.1, aliases.3, ''), ''), calls.template) AS template,
    templateReason,
    operation,
    format,
    formatReason,
    apiIdNow AS apiId,
    toString(calls.apiId) AS provisionalApiId,
    status,
    success,
    requestType,
    responseType,
    userAgent,
    referer,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    pairing,
    unpaired,
    weird,
    v,
    source,
    account,
    accountHash,
    session,
    functions,
    if(empty(marks), calls.labelsRequest, arrayFilter(
        x -> NOT hasAny(marks, [
            (apiIdNow, 'request', toString(x.label)), (apiIdNow, '', toString(x.label)),
            (apiIdNow, 'request', ''), (apiIdNow, '', '')]),
        calls.labelsRequest)) AS labelsRequest,
    if(empty(marks), calls.labelsResponse, arrayFilter(
        x -> NOT hasAny(marks, [
            (apiIdNow, 'response', toString(x.label)), (apiIdNow, '', toString(x.label)),
            (apiIdNow, 'response', ''), (apiIdNow, '', '')]),
        calls.labelsResponse)) AS labelsResponse,
    persons,
    claimedClient
FROM calls FINAL;
