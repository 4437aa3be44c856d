-- Rows of a table that a writer sealed one by one, since a time (µs).
SELECT number, ts, body
FROM seals
WHERE writer = {writer:String} AND kind = 'rows' AND subject = {subject:String} AND ts >= {since:Int64}
ORDER BY number
