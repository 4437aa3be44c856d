-- Which oddities were met, and how often? Of one source, or of all together when `source` is empty.
SELECT toString(name) AS name, sum(value) AS count
FROM (SELECT * FROM ledger FINAL)
WHERE stage = 'weird' AND value != 0 AND ({source:String} = '' OR source = {source:String})
GROUP BY name
ORDER BY count DESC, name
