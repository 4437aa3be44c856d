-- What the access log says beside the call itself. device: the kind of device the caller says it is (`chrome/windows`);
-- resultCode: what the reply's own code says; traceIds: keyed hashes of the ids that gateways and services hand on with a
-- request, 16 hex digits each, the surest first, parted by spaces. Empty for nothing.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS device LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS resultCode LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS traceIds String CODEC(ZSTD(1));

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
    claimedClient,
    device,
    resultCode,
    traceIds
FROM calls FINAL;
