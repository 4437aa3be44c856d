-- What a call says of how it was taken. sampling: one of so many connections was read, 0 in rows that an
-- earlier version wrote, which read all. sequence: where in its connection it
-- begins, which tells the same exchange at another tap; 0 in such rows.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS sampling UInt16 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS sequence UInt32 CODEC(ZSTD(1));

-- As before, with both.
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
    greatest(calls.sampling, 1) AS sampling,
    sequence,
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
