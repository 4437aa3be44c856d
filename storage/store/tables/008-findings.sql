-- Who called and what data went, per call. Accounts are `masked#` and the first ten digits of their hash; hashes are 16
-- hex digits, empty when not known.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS account LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS accountHash LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS session LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS functions Array(LowCardinality(String)) CODEC(ZSTD(1)),
    -- One element a label. count: values; distinct: different ones; sample: one of them, masked; masked: how many of the
    -- values travelled in a masked form.
    ADD COLUMN IF NOT EXISTS labelsRequest Array(Tuple(
        label LowCardinality(String), count UInt32, distinct UInt32, sample String, masked UInt32)) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS labelsResponse Array(Tuple(
        label LowCardinality(String), count UInt32, distinct UInt32, sample String, masked UInt32)) CODEC(ZSTD(1)),
    -- Distinct persons in the response.
    ADD COLUMN IF NOT EXISTS persons UInt32 CODEC(T64, ZSTD(1)),
    -- The client that an untrusted forwarding header names; empty when there is none.
    ADD COLUMN IF NOT EXISTS claimedClient LowCardinality(String) CODEC(ZSTD(1));

-- Where a value was seen: one row for each value, call, label and place. Ordered by the value's keyed hash (trace key),
-- because a trace asks for few values among very many. Partitions go with those of `calls`.
CREATE TABLE IF NOT EXISTS `values`
(
    -- 16 hex digits; goes in as text and is kept as a number.
    valueHash String EPHEMERAL,
    hash UInt64 DEFAULT reinterpretAsUInt64(reverse(unhex(valueHash))) CODEC(ZSTD(1)),
    -- Time, application and uid of the call.
    ts Int64 CODEC(ZSTD(1)),
    app LowCardinality(String),
    uid String EPHEMERAL,
    flow UInt64 DEFAULT reinterpretAsUInt64(reverse(unhex(substring(uid, 1, 16)))) CODEC(ZSTD(1)),
    depth UInt32 DEFAULT toUInt32OrZero(substring(uid, 18)) CODEC(ZSTD(1)),
    -- request or response
    direction LowCardinality(String),
    label LowCardinality(String),
    -- `body.data[].mobile`, `query.id`
    place LowCardinality(String) CODEC(ZSTD(1)),
    CONSTRAINT uidIsWellFormed CHECK depth > 0
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC'))
PRIMARY KEY (hash, ts)
ORDER BY (hash, ts, flow, depth, direction, label, place);

-- What the engine thinks is wrong: analyzer/finding.ts with the same names; the row of the highest version stands. What
-- people think of it is in `decisions`. Absent: '' for text, measured.name '', usual.n 0.
CREATE TABLE IF NOT EXISTS findings
(
    id String,
    kind LowCardinality(String),
    rule LowCardinality(String),
    title String,
    titleZh String,
    scenarios Array(String),
    dimension LowCardinality(String),
    level LowCardinality(String),
    status LowCardinality(String),
    app String,
    apiId String,
    method String,
    template String,
    client String,
    clients Array(String),
    account String,
    accounts Array(String),
    firstSeen Int64,
    lastSeen Int64,
    count UInt64,
    measured Tuple(name String, value Float64, threshold Nullable(Float64)),
    usual Tuple(median Float64, p95 Float64, n UInt32),
    evidence Array(String),
    completeness Float64,
    completenessLeast Float64,
    advice String,
    adviceZh String,
    owasp Array(String),
    clauses Array(String),
    impact Tuple(accounts UInt32, persons UInt32, records UInt64, clients UInt32),
    v UInt8,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id;
