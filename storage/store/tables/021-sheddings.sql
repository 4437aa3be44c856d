-- Steps of shedding under load, up and down: 0 reads everything, sensor/shedding says what each step leaves unread.
-- fill: share of the fullest shard's ring that was taken. Kept as long as findings are.
CREATE TABLE IF NOT EXISTS sheddings
(
    ts Int64 CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    number UInt32,
    fromStep UInt8,
    step UInt8,
    fill Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (ts, source, number);
