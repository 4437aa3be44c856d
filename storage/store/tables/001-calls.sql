-- One row per HTTP exchange: analyzer/call.ts with the same names. Times are integer µs since 1970.
-- A call inserted again replaces itself: same key, same partition. Retention drops whole months; there is no TTL,
-- because an old capture that is read today would vanish at its first merge.
CREATE TABLE IF NOT EXISTS calls
(
    -- `<flow>-<depth>`; goes in as text and is kept as two numbers.
    uid String EPHEMERAL,
    flow UInt64 DEFAULT reinterpretAsUInt64(reverse(unhex(substring(uid, 1, 16)))) CODEC(ZSTD(1)),
    depth UInt32 DEFAULT toUInt32OrZero(substring(uid, 18)) CODEC(ZSTD(1)),
    ts Int64 CODEC(Delta, ZSTD(1)),
    completedTs Int64 CODEC(Delta, ZSTD(1)),
    app LowCardinality(String),
    server LowCardinality(String),
    serverPort UInt16 CODEC(ZSTD(1)),
    client LowCardinality(String) CODEC(ZSTD(1)),
    clientPort UInt16 CODEC(ZSTD(1)),
    vlan Nullable(UInt16) CODEC(ZSTD(1)),
    tunnel LowCardinality(Nullable(String)),
    httpVersion LowCardinality(String),
    method LowCardinality(String),
    path String CODEC(ZSTD(1)),
    query String CODEC(ZSTD(1)),
    template LowCardinality(String) CODEC(ZSTD(1)),
    templateReason LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    format LowCardinality(String),
    formatReason LowCardinality(String) CODEC(ZSTD(1)),
    -- Provisional id; `callRows` maps it to the id it has now.
    apiId LowCardinality(String) CODEC(ZSTD(1)),
    status UInt16 CODEC(ZSTD(1)),
    success UInt8 CODEC(ZSTD(1)),
    requestType LowCardinality(String),
    responseType LowCardinality(String),
    userAgent LowCardinality(String) CODEC(ZSTD(1)),
    referer String CODEC(ZSTD(1)),
    requestBytes UInt64 CODEC(T64, ZSTD(1)),
    responseBytes UInt64 CODEC(T64, ZSTD(1)),
    durationUs Int64 CODEC(T64, ZSTD(1)),
    completeness Float64 CODEC(ZSTD(1)),
    pairing LowCardinality(String),
    unpaired LowCardinality(Nullable(String)),
    weird Array(LowCardinality(String)) CODEC(ZSTD(1)),
    v UInt8 CODEC(ZSTD(1)),
    -- Id of the source it was read from.
    source LowCardinality(String),
    -- Exchanges of a flow count from 1: 0 means that the uid was not of its form.
    CONSTRAINT uidIsWellFormed CHECK depth > 0
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC'))
ORDER BY (app, ts, flow, depth);
