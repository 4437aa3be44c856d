-- In which form does a writer seal the rows of each table? The newest form of each.
SELECT toString(seals.subject) AS subject, argMax(seals.body, seals.number) AS body
FROM seals
WHERE writer = {writer:String} AND kind = 'form'
GROUP BY seals.subject
ORDER BY subject
