-- The chain of each writer, in order; one writer's when `writer` is given, from number `from` on. The checks come as their
-- hash alone.
SELECT writer, number, ts, toString(kind) AS kind, toString(subject) AS subject, block, month, rows, firstTs, lastTs, digest,
    lower(hex(SHA256(checks))) AS checksHash, body, previous, hash, signature
FROM seals
WHERE ({writer:String} = '' OR writer = {writer:String}) AND number >= {from:UInt64}
ORDER BY writer, number, ts
