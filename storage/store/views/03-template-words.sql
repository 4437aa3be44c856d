-- What people said of templates: the last word of each kind on each template, what was taken back too (`taken`), for the
-- engine has to separate again what was put together. api: the id of now. A part of a merge may say of which of the others
-- it was a part (`of`), so that it goes back there.
CREATE OR REPLACE VIEW templateWords AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT
    transform(last.1, aliases.1, aliases.2, last.1) AS api,
    action,
    app,
    method,
    operation,
    template,
    last.2 AS taken,
    last.3 AS parts,
    last.4 AS by,
    last.5 AS note,
    last.6 AS ts
FROM
(
    SELECT
        JSONExtractString(value, 'action') AS action,
        JSONExtractString(value, 'app') AS app,
        JSONExtractString(value, 'method') AS method,
        JSONExtractString(value, 'operation') AS operation,
        JSONExtractString(value, 'template') AS template,
        argMax(
            (subject, JSONExtractBool(value, 'taken'),
            JSONExtract(value, 'parts', 'Array(Tuple(id String, template String, of String))'), by, note, ts),
            (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-template'
    GROUP BY action, app, method, operation, template
);
