-- Which fields do APIs take and give? Of one API, of an application, or of all where both are empty; an API that others
-- have become has a row of each.
SELECT if(a.id = '', s.id, a.id) AS apiId, s.app AS app, s.payload AS payload
FROM (SELECT id, app, payload FROM schemas FINAL) AS s
LEFT JOIN (SELECT alias, id FROM apiAliases FINAL) AS a ON a.alias = s.id
WHERE ({id:String} = '' OR apiId = {id:String}) AND ({app:String} = '' OR app = {app:String})
ORDER BY apiId, s.id
