-- Which APIs were approved, and which retired? The last word on each; retired: µs of the first moment of `day`, 0 where nobody said when. `app`: of one
-- application, or of all when empty.
SELECT
    subject AS app,
    JSONExtractString(value, 'method') AS method,
    JSONExtractString(value, 'template') AS template,
    argMax(JSONExtractString(value, 'state'), (ts, id)) AS state,
    argMax(JSONExtractInt(value, 'retired'), (ts, id)) AS retired,
    argMax(JSONExtractString(value, 'day'), (ts, id)) AS day
FROM decisions FINAL
WHERE kind = 'api-register' AND ({app:String} = '' OR subject = {app:String})
GROUP BY app, method, template
ORDER BY app, template, method
