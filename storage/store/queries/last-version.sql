-- What is the highest version of any row that the engine writes? 0 when there is none. What comes next must be above.
SELECT max(version) AS version
FROM
(
    SELECT max(version) AS version FROM apis
    UNION ALL SELECT max(version) FROM sources
    UNION ALL SELECT max(version) FROM snapshots
    UNION ALL SELECT max(version) FROM findings
    UNION ALL SELECT max(version) FROM settings
    UNION ALL SELECT max(version) FROM profiles
    UNION ALL SELECT max(version) FROM bindings
)
