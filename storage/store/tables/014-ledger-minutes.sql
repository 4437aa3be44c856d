-- The ledger of each minute of packet time (`minute`: its beginning): counters of the sensor that grew in it, by how much.
-- The last row written stands. Kept as long as findings are: they say what was lost in their minutes.
CREATE TABLE IF NOT EXISTS ledgerMinutes
(
    minute Int64 CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    names Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `values` Array(Int64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (minute, source);
