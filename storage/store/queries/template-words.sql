-- What did people say of templates? Of one API (its id of now), or of all when `api` is empty; what was taken back too.
SELECT api, action, app, method, operation, template, taken, parts, by, note, ts
FROM templateWords
WHERE {api:String} = '' OR api = {api:String}
ORDER BY ts, api, action, template
