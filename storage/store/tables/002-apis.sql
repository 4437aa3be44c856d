-- The inventory as the engine knows it; the row of the highest version stands.
CREATE TABLE IF NOT EXISTS apis
(
    id String,
    app String,
    method String,
    template String,
    operation String,
    format LowCardinality(String),
    templateReason String,
    formatReason String,
    -- candidate: seen, never answered with success; provisional; confirmed.
    state LowCardinality(String),
    successes UInt64,
    failures UInt64,
    firstSeen Int64,
    lastSeen Int64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id;

-- Which id a provisional id has become. Every question goes through it.
CREATE TABLE IF NOT EXISTS apiAliases
(
    alias String,
    id String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY alias;
