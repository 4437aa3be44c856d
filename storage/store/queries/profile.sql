-- What is usual of a subject? One row for each application it was met in (one of an API), at most 50. `id` may be the
-- beginning of an API's id; an account is named by `id` as shown or by its hash, of which ten digits count.
SELECT toString(kind) AS kind, app, id, payload
FROM profiles FINAL
WHERE kind = {kind:String}
    AND ({id:String} != '' OR {accountHash:String} != '')
    AND ({id:String} = '' OR id = {id:String} OR (kind = 'api' AND startsWith(id, {id:String})))
    AND ({accountHash:String} = '' OR endsWith(id, concat('#', substring({accountHash:String}, 1, 10))))
ORDER BY JSONExtractInt(payload, 'calls') DESC, id, app
LIMIT 50
