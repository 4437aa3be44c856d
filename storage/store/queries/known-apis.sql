-- Which APIs have an id that begins so? At most 50.
SELECT id FROM apiRows WHERE startsWith(id, {id:String}) ORDER BY id LIMIT 50
