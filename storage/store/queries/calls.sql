-- Which calls were made? In order of time, or the newest first with newestFirst = 1. An empty or zero filter filters
-- nothing: app, apiId (or its beginning), client, account as shown, accountHash (or its beginning), label, method,
-- status (1 to 9: the class, 4 is 400…499; 600: no response), pairing, text in path, query, operation or user agent, part of the device,,
-- [since, until) µs.
SELECT
    uid,
    ts,
    completedTs,
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
    clientPort,
    server,
    serverPort,
    vlan,
    tunnel,
    httpVersion,
    requestType,
    responseType,
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
    source,
    account,
    session,
    functions,
    labelsRequest,
    labelsResponse,
    persons,
    claimedClient,
    device,
    resultCode
FROM callRows
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
    AND ({method:String} = '' OR method = {method:String})
    AND multiIf(
        {status:UInt16} = 0, 1,
        {status:UInt16} < 10, intDiv(status, 100) = {status:UInt16},
        {status:UInt16} = 600, status = 0,
        status = {status:UInt16})
    AND ({pairing:String} = '' OR pairing = {pairing:String})
    AND ({search:String} = '' OR positionCaseInsensitiveUTF8(concat(path, '?', query, ' ', operation, ' ', userAgent), {search:String}) > 0)
ORDER BY if({newestFirst:UInt8} = 1, -ts, ts), if({newestFirst:UInt8} = 1, bitNot(flow), flow),
    if({newestFirst:UInt8} = 1, bitNot(depth), depth)
LIMIT if({limit:UInt64} = 0, 1000000000000, {limit:UInt64}) OFFSET {offset:UInt64}
