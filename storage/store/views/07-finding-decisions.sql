-- What people last decided about a finding, while it holds: `until` (µs) ends it, by the newest packet.
CREATE OR REPLACE VIEW findingDecisions AS
WITH (SELECT max(ts) FROM calls) AS newest
SELECT
    subject AS id,
    last.1 AS status,
    last.2 AS by,
    last.3 AS note,
    last.4 AS ts,
    last.5 AS until,
    last.6 AS seen,
    last.7 AS scope
FROM
(
    SELECT
        subject,
        argMax(
            (JSONExtractString(value, 'status'), by, note, ts, JSONExtractInt(value, 'until'), JSONExtractInt(value, 'seen'),
                JSONExtractString(value, 'scope')),
            (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'finding-status' AND JSONExtractString(value, 'status') != ''
    GROUP BY subject
)
WHERE until = 0 OR until > newest;
