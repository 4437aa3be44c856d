-- Which step of shedding did each source take last, where it was not back to 0?
SELECT toString(s.source) AS source, argMax(s.step, (s.ts, s.number)) AS step
FROM sheddings AS s FINAL
GROUP BY s.source
HAVING step > 0
ORDER BY source
