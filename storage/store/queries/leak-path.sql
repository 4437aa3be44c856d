-- What did a caller do, call by call, in [since, until) µs? An account by its hash or the beginning of it, else a session, else
-- a client; what is empty filters nothing. Static files are left out. At most `limit` calls (0: a billion).
SELECT
    uid,
    ts,
    app,
    apiId,
    method,
    template,
    operation,
    status,
    success,
    resultCode,
    client,
    account,
    session,
    device,
    functions,
    labelsResponse.label AS given,
    persons,
    responseBytes,
    completeness,
    pairing
FROM callRows
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
    AND ({session:String} = '' OR startsWith(session, {session:String}))
    AND ({client:String} = '' OR client = {client:String})
    AND format != 'asset'
ORDER BY ts, flow, depth
LIMIT if({limit:UInt64} = 0, 1000000000, {limit:UInt64})
