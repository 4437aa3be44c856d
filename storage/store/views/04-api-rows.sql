-- APIs under their own id: one that became another is left out; an alias of itself is an API that people separated from
-- another or gave its template to. lifecycle: new, active, inactive or revived at the newest call in the store, by the
-- periods (µs) the engine last ran with; empty for what never succeeded.
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
