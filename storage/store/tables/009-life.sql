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
