-- What people last said of an API, by trait; what was taken back is left out. It holds under the API's id of now.
CREATE OR REPLACE VIEW apiDecisions AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT api AS id, groupArray((trait, last.1, last.2, last.3, last.4)) AS decided
FROM
(
    SELECT
        transform(subject, aliases.1, aliases.2, subject) AS api,
        JSONExtractString(value, 'trait') AS trait,
        argMax((JSONExtractString(value, 'value'), by, note, ts), (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-trait'
    GROUP BY api, trait
    ORDER BY api, trait
)
WHERE last.1 != ''
GROUP BY api;
