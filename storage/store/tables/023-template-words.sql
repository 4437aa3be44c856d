-- What people said of templates: the last word of each kind on each template, what was taken back too (`taken`), for the
-- engine has to separate again what was put together. api: the id of now.
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
            JSONExtract(value, 'parts', 'Array(Tuple(id String, template String))'), by, note, ts),
            (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-template'
    GROUP BY action, app, method, operation, template
);

-- As before; an alias of itself is an API that people separated from another or gave its template to.
CREATE OR REPLACE VIEW apiRows AS
WITH
    (SELECT max(ts) FROM calls) AS newest,
    (SELECT argMax(value, version) FROM settings WHERE name = 'lifecycle') AS periods,
    (SELECT (groupArray(alias), groupArray(template)) FROM apiAliases FINAL WHERE alias = id) AS given
SELECT
    * REPLACE (ifNull(nullIf(transform(apis.id, given.1, given.2, ''), ''), apis.template) AS template),
    if(lastSuccess = 0 AND successes > 0, firstSeen, firstSuccess) AS bornAt,
    if(lastSuccess = 0 AND successes > 0, lastSeen, lastSuccess) AS aliveAt,
    newest AS newestCall,
    if(JSONHas(periods, 'new'), JSONExtractInt(periods, 'new'), 604800000000) AS newPeriod,
    if(JSONHas(periods, 'inactive'), JSONExtractInt(periods, 'inactive'), 2592000000000) AS inactivePeriod,
    if(JSONHas(periods, 'revived'), JSONExtractInt(periods, 'revived'), 604800000000) AS revivedPeriod,
    multiIf(
        successes = 0, '',
        newest - aliveAt >= inactivePeriod, 'inactive',
        notEmpty(revivals), if(newest - revivals[-1].2 < revivedPeriod, 'revived', 'active'),
        newest - bornAt < newPeriod, 'new',
        'active') AS lifecycle
FROM apis FINAL
WHERE id NOT IN (SELECT alias FROM apiAliases FINAL WHERE alias != id);
