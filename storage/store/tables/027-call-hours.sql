-- Calls summed up by hour of packet time, application, API (its provisional id) and method. Made from the rows of closed hours
-- as questions read them, each once, never by what an insert brings: what came twice would count twice. A row of a higher
-- version takes the place of a lower one; one with no calls says that there are none. Which hours hold is told by the
-- setting callHours, and the view callSums reads by it.
CREATE TABLE IF NOT EXISTS callHours
(
    -- Its beginning, µs.
    hour Int64 CODEC(Delta, ZSTD(1)),
    app LowCardinality(String),
    apiId LowCardinality(String) CODEC(ZSTD(1)),
    method LowCardinality(String),
    calls UInt64 CODEC(T64, ZSTD(1)),
    errors UInt64 CODEC(T64, ZSTD(1)),
    -- Calls with both halves: of these are the latencies.
    timed UInt64 CODEC(T64, ZSTD(1)),
    boundCalls UInt64 CODEC(T64, ZSTD(1)),
    outsideCalls UInt64 CODEC(T64, ZSTD(1)),
    requestBytes UInt64 CODEC(T64, ZSTD(1)),
    responseBytes UInt64 CODEC(T64, ZSTD(1)),
    firstTs Int64 CODEC(Delta, ZSTD(1)),
    lastTs Int64 CODEC(Delta, ZSTD(1)),
    persons UInt32 CODEC(T64, ZSTD(1)),
    functions Array(LowCardinality(String)) CODEC(ZSTD(1)),
    -- Labels, values of each, and how many of them travelled in a masked form.
    sent Array(Tuple(label String, count UInt64, masked UInt64)) CODEC(ZSTD(1)),
    given Array(Tuple(label String, count UInt64, masked UInt64)) CODEC(ZSTD(1)),
    clients AggregateFunction(uniqExact, String) CODEC(ZSTD(1)),
    accounts AggregateFunction(uniqExactIf, String, UInt8) CODEC(ZSTD(1)),
    latency AggregateFunction(quantilesDeterministicIf(0.5, 0.95), Int64, UInt64, UInt8) CODEC(ZSTD(1)),
    servers AggregateFunction(groupUniqArray(32), String) CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(fromUnixTimestamp64Micro(hour, 'UTC'))
ORDER BY (hour, app, apiId, method);
