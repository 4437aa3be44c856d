-- What people last said of these applications, as JSON text.
SELECT subject AS app, argMax(value, (ts, id)) AS decided
FROM decisions FINAL
WHERE kind = 'app-owner' AND subject IN {apps:Array(String)}
GROUP BY subject
ORDER BY app
