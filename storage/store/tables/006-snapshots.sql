-- State of the engine by name, as JSON text; the highest version stands.
CREATE TABLE IF NOT EXISTS snapshots
(
    name String,
    version UInt64,
    payload String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name;
