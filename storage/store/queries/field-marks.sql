-- Which fields did people say hold no such data? The last word on each stands; what was taken back is left out. `api`:
-- of one API (its id of now), or of all when empty. direction: request, response or empty for both; field: as written,
-- `*` stands for anything; label: empty for every one; history: earlier calls are shown without the label too.
SELECT api, direction, field, label, history, by, note, ts
FROM fieldMarks
WHERE {api:String} = '' OR api = {api:String}
ORDER BY api, direction, field, label
