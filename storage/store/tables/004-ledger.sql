-- Where every packet, byte, message and call of a source went (sensor/ledger.ts), and its oddities as stage `weird`.
-- The last value written stands.
CREATE TABLE IF NOT EXISTS ledger
(
    source String,
    stage LowCardinality(String),
    unit LowCardinality(String),
    name LowCardinality(String),
    kind LowCardinality(String),
    value Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (source, stage, name);
