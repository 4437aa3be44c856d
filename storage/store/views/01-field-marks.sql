-- Fields that people said hold no such data: the last word on each, under the API's id of now. What was taken back is left
-- out. history: earlier calls are shown without the label too, for no other field of the API gave it.
CREATE OR REPLACE VIEW fieldMarks AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT api, direction, field, label, last.2 AS history, last.3 AS by, last.4 AS note, last.5 AS ts
FROM
(
    SELECT
        transform(subject, aliases.1, aliases.2, subject) AS api,
        JSONExtractString(value, 'direction') AS direction,
        JSONExtractString(value, 'field') AS field,
        JSONExtractString(value, 'label') AS label,
        argMax((JSONExtractBool(value, 'marked'), JSONExtractBool(value, 'history'), by, note, ts), (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-field'
    GROUP BY api, direction, field, label
)
WHERE last.1;
