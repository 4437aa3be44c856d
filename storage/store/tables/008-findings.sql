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

CREATE OR REPLACE VIEW callRows AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT
    concat(leftPad(lower(hex(flow)), 16, '0'), '-', toString(depth)) AS uid,
    flow,
    depth,
    ts,
    completedTs,
    app,
    server,
    serverPort,
    client,
    clientPort,
    vlan,
    tunnel,
    httpVersion,
    method,
    path,
    query,
    template,
    templateReason,
    operation,
    format,
    formatReason,
    transform(toString(apiId), aliases.1, aliases.2, toString(apiId)) AS apiId,
    toString(apiId) AS provisionalApiId,
    status,
    success,
    requestType,
    responseType,
    userAgent,
    referer,
    requestBytes,
    responseBytes,
    durationUs,
    completeness,
    pairing,
    unpaired,
    weird,
    v,
    source,
    account,
    accountHash,
    session,
    functions,
    labelsRequest,
    labelsResponse,
    persons,
    claimedClient
FROM calls FINAL;

-- What people last decided about a finding, while it holds: `until` (µs) ends it, by the newest packet.
CREATE OR REPLACE VIEW findingDecisions AS
WITH (SELECT max(ts) FROM calls) AS newest
SELECT
    subject AS id,
    last.1 AS status,
    last.2 AS by,
    last.3 AS note,
    last.4 AS ts,
    last.5 AS until,
    last.6 AS seen
FROM
(
    SELECT
        subject,
        argMax(
            (JSONExtractString(value, 'status'), by, note, ts, JSONExtractInt(value, 'until'), JSONExtractInt(value, 'seen')),
            (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'finding-status' AND JSONExtractString(value, 'status') != ''
    GROUP BY subject
)
WHERE until = 0 OR until > newest;

-- Findings under the API id of now, with the status that counts: a person's decision wins, but what a person called
-- fixed and traffic showed again since then is reopened.
CREATE OR REPLACE VIEW findingRows AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT
    f.id AS id,
    toString(f.kind) AS kind,
    toString(f.rule) AS rule,
    f.title AS title,
    f.titleZh AS titleZh,
    f.scenarios AS scenarios,
    toString(f.dimension) AS dimension,
    toString(f.level) AS level,
    indexOf(['informational', 'low', 'medium', 'high', 'critical'], level) AS severity,
    toString(f.status) AS engineStatus,
    multiIf(
        d.status = '', engineStatus,
        d.status != 'fixed', d.status,
        d.seen > 0 AND f.lastSeen > d.seen, 'reopened',
        d.seen = 0 AND engineStatus = 'reopened', 'reopened',
        'fixed') AS status,
    status IN ('unconfirmed', 'confirmed', 'fixing', 'to-verify', 'reopened') AS open,
    d.status AS decidedStatus,
    d.by AS decidedBy,
    d.note AS decidedNote,
    d.ts AS decidedTs,
    d.until AS decidedUntil,
    f.app AS app,
    transform(f.apiId, aliases.1, aliases.2, f.apiId) AS apiId,
    f.method AS method,
    f.template AS template,
    f.client AS client,
    f.clients AS clients,
    f.account AS account,
    f.accounts AS accounts,
    f.firstSeen AS firstSeen,
    f.lastSeen AS lastSeen,
    f.count AS count,
    f.measured AS measured,
    f.usual AS usual,
    f.evidence AS evidence,
    f.completeness AS completeness,
    f.completenessLeast AS completenessLeast,
    f.advice AS advice,
    f.adviceZh AS adviceZh,
    f.owasp AS owasp,
    f.clauses AS clauses,
    f.impact AS impact
FROM findings AS f FINAL
LEFT JOIN findingDecisions AS d ON d.id = f.id;
