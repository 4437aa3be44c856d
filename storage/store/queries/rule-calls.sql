-- Calls as rules look at them, in [since, until) µs, in order of their beginning. API and template are those under which
-- judge saw the call, since rules are held against these; labels are without what people said of fields since.
WITH
    (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases,
    transform(toString(calls.apiId), aliases.1, aliases.2, toString(calls.apiId)) AS apiIdNow,
    (SELECT groupArray((api, direction, label)) FROM fieldMarks WHERE history) AS marks
SELECT
    concat(leftPad(lower(hex(flow)), 16, '0'), '-', toString(depth)) AS uid,
    ts,
    completedTs,
    app,
    server,
    serverPort,
    client,
    httpVersion,
    method,
    template,
    operation,
    format,
    toString(calls.apiId) AS apiId,
    status,
    success,
    requestType,
    responseType,
    userAgent,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    greatest(calls.sampling, 1) AS sampling,
    account,
    session,
    functions,
    arrayMap(
        x -> (x.label, x.count, x.distinct, x.masked)::Tuple(label String, count UInt32, distinct UInt32, masked UInt32),
        arrayFilter(
            x -> NOT hasAny(marks, [
                (apiIdNow, 'request', toString(x.label)), (apiIdNow, '', toString(x.label)),
                (apiIdNow, 'request', ''), (apiIdNow, '', '')]),
            calls.labelsRequest)) AS labelsRequest,
    arrayMap(
        x -> (x.label, x.count, x.distinct, x.masked)::Tuple(label String, count UInt32, distinct UInt32, masked UInt32),
        arrayFilter(
            x -> NOT hasAny(marks, [
                (apiIdNow, 'response', toString(x.label)), (apiIdNow, '', toString(x.label)),
                (apiIdNow, 'response', ''), (apiIdNow, '', '')]),
            calls.labelsResponse)) AS labelsResponse,
    persons,
    resultCode
FROM calls FINAL
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
ORDER BY ts, flow, depth, app
