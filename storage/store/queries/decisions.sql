-- What did people decide, in order? About one subject, or everything when `subject` is empty.
SELECT id, toString(kind) AS kind, subject, value, by, note, ts
FROM decisions FINAL
WHERE {subject:String} = '' OR subject = {subject:String}
ORDER BY ts, id
