-- What was declared of applications: the last specification taken in of each. `app`: of one, or of all when empty.
SELECT subject AS app, argMax(value, (ts, id)) AS specification
FROM decisions FINAL
WHERE kind = 'app-specification' AND ({app:String} = '' OR subject = {app:String})
GROUP BY app
ORDER BY app
