-- Which of these moments (µs since 1970, as text) have calls that one of these sources gave? A call is told by its time
-- and its connection, not by its uid: that begins with the first packet its capture has of the connection.
SELECT DISTINCT ts, clientPort, toString(server) AS server, serverPort
FROM calls
WHERE app IN {apps:Array(String)}
    AND ts IN (SELECT toInt64(arrayJoin({times:Array(String)})))
    AND ts >= {since:Int64} AND ts <= {until:Int64}
    AND source IN {sources:Array(String)}
