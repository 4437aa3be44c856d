-- Which calls of these sources begin at one of these places in their connections (TCP sequence numbers, as text)? With what
-- tells the same exchange at another tap, whose clock is another.
SELECT DISTINCT
    ts,
    toString(client) AS client,
    clientPort,
    toString(server) AS server,
    serverPort,
    toString(method) AS method,
    path,
    query,
    sequence
FROM calls
WHERE app IN {apps:Array(String)}
    AND ts >= {since:Int64} AND ts <= {until:Int64}
    AND sequence IN (SELECT toUInt32(arrayJoin({sequences:Array(String)})))
    AND source IN {sources:Array(String)}
