-- The access log in [since, until) µs, in order of time: what it says of each call, and what calls are joined by over
-- gateways and services.
SELECT
    uid,
    ts,
    app,
    apiId,
    method,
    template,
    operation,
    path,
    query,
    status,
    success,
    resultCode,
    client,
    server,
    serverPort,
    account,
    accountHash,
    session,
    device,
    functions,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    traceIds
FROM callRows
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
ORDER BY ts, flow, depth
