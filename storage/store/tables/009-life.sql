-- An API's life: first and last success, and the silences it came back from (analyzer/discover/lifecycle.ts). 0: none,
-- as in rows that an earlier version wrote. functions: what it does, and why the engine thinks so.
ALTER TABLE apis
    ADD COLUMN IF NOT EXISTS firstSuccess Int64,
    ADD COLUMN IF NOT EXISTS lastSuccess Int64,
    ADD COLUMN IF NOT EXISTS revivals Array(Tuple(silentSince Int64, at Int64)),
    ADD COLUMN IF NOT EXISTS functions Array(Tuple(name String, reason String));

-- What the engine was set to when it last ran, as JSON text; the row of the highest version stands.
CREATE TABLE IF NOT EXISTS settings
(
    name String,
    value String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name;

-- What is usual of an account, a client or an API: `Profile` of analyzer/baseline/profiles.ts as JSON text. `app` is
-- empty for APIs.
CREATE TABLE IF NOT EXISTS profiles
(
    kind LowCardinality(String),
    app String,
    id String,
    payload String CODEC(ZSTD(1)),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (kind, id, app);

-- APIs under their own id: one that became another is left out. lifecycle: new, active, inactive or revived at the newest
-- call in the store, by the periods (µs) the engine last ran with; empty for what never succeeded.
CREATE OR REPLACE VIEW apiRows AS
WITH
    (SELECT max(ts) FROM calls) AS newest,
    (SELECT argMax(value, version) FROM settings WHERE name = 'lifecycle') AS periods
SELECT
    *,
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
WHERE id NOT IN (SELECT alias FROM apiAliases FINAL);
