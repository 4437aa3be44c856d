-- Which insert a call came with; 0 where none was sealed. A seal is over what one insert brought (deploy/audit).
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS block UInt64 CODEC(Delta, ZSTD(1)),
    ADD INDEX IF NOT EXISTS blocks block TYPE minmax GRANULARITY 1;

-- The log's seals: one chain a writer, each naming the hash of the one before (deploy/audit/seal.ts). Rows are added and
-- never changed. checks: the first four octets of each sealed row's hash, in order of the rows, as base64; body: JSON text.
CREATE TABLE IF NOT EXISTS seals
(
    writer LowCardinality(String),
    number UInt64,
    -- Wall clock, µs.
    ts Int64,
    kind LowCardinality(String),
    -- The table that is sealed; empty for none.
    subject LowCardinality(String),
    block UInt64,
    -- Partition of the rows: 202611; 0 for none.
    month UInt32,
    rows UInt64,
    -- Packet time of the rows, µs.
    firstTs Int64,
    lastTs Int64,
    digest String CODEC(ZSTD(1)),
    checks String CODEC(ZSTD(1)),
    body String CODEC(ZSTD(1)),
    previous String CODEC(ZSTD(1)),
    hash String CODEC(ZSTD(1)),
    signature String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (writer, number, hash);
