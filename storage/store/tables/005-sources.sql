-- Captures and ports that were read; the row of the highest version stands. `damage` is JSON text.
CREATE TABLE IF NOT EXISTS sources
(
    id String,
    name String,
    size UInt64,
    state LowCardinality(String),
    packets UInt64,
    firstTs Int64,
    lastTs Int64,
    damage String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id;
