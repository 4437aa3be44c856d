-- What did people say of learning? The last word on each subject, and when it was last to be learnt anew (wall clock µs; 0:
-- never). kind: api, account, client, app; id: an API's id, ten digits of an account's hash, an address, an application.
SELECT kind, id, last.1 AS action, last.2 AS by, last.3 AS note, last.4 AS ts, relearnt
FROM
(
    SELECT
        JSONExtractString(d.value, 'kind') AS kind,
        JSONExtractString(d.value, 'id') AS id,
        argMax((JSONExtractString(d.value, 'action'), d.by, d.note, d.ts), (d.ts, d.id)) AS last,
        maxIf(d.ts, JSONExtractString(d.value, 'action') = 'relearn') AS relearnt
    FROM decisions AS d FINAL
    WHERE d.kind = 'baseline'
    GROUP BY JSONExtractString(d.value, 'kind'), JSONExtractString(d.value, 'id')
)
ORDER BY kind, id
