-- Where did every unit of the sources go? Of one source, or of all together when `source` is empty.
SELECT toString(stage) AS stage, toString(unit) AS unit, toString(name) AS name, toString(kind) AS kind, sum(value) AS value
FROM (SELECT * FROM ledger FINAL)
WHERE stage != 'weird' AND ({source:String} = '' OR source = {source:String})
GROUP BY stage, unit, name, kind
ORDER BY stage, unit, name
