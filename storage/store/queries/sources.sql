-- What was read so far? One source by id, or all when `id` is empty.
SELECT id, name, size, toString(state) AS state, packets, firstTs, lastTs, damage, version
FROM sources FINAL
WHERE {id:String} = '' OR id = {id:String}
ORDER BY firstTs, id
