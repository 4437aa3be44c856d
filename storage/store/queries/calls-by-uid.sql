-- Which are these calls? By uid, in order of time; those that lie in [since, until) µs, which spares reading the rest.
SELECT
    uid,
    ts,
    app,
    apiId,
    method,
    template,
    operation,
    format,
    path,
    query,
    status,
    success,
    client,
    server,
    serverPort,
    userAgent,
    referer,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    sampling,
    pairing,
    unpaired,
    weird,
    account,
    session,
    functions,
    labelsRequest,
    labelsResponse,
    persons,
    claimedClient
FROM callRows
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND (flow, depth) IN
    (
        SELECT reinterpretAsUInt64(reverse(unhex(substring(one, 1, 16)))), toUInt32OrZero(substring(one, 18))
        FROM (SELECT arrayJoin({uids:Array(String)}) AS one)
    )
ORDER BY ts, flow, depth
