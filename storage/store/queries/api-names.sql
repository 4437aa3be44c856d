-- What are these APIs called? By id; ids that are not in the inventory are left out.
SELECT id, app, method, template, operation
FROM apiRows
WHERE id IN (SELECT arrayJoin({ids:Array(String)}))
ORDER BY id
