-- TLS handshakes summed up (analyzer/handshakes.ts). `stream` names what was read together by what it showed, so that
-- reading it again, in whatever form, writes the same rows; questions sum over streams.
CREATE TABLE IF NOT EXISTS handshakes
(
    stream String,
    id String,
    server String,
    port UInt32,
    sni String,
    version LowCardinality(String),
    suite LowCardinality(String),
    `group` LowCardinality(String),
    alpn LowCardinality(String),
    ja4 LowCardinality(String),
    ja3 String,
    -- The server's own certificate; empty when it was not seen.
    fingerprint String,
    subject String,
    issuer String,
    notBefore Int64,
    notAfter Int64,
    keyType LowCardinality(String),
    keyBits UInt32,
    signature LowCardinality(String),
    names Array(String),
    selfIssued UInt8,
    handshakes UInt64,
    refused UInt64,
    unfinished UInt64,
    resumed UInt64,
    clientCertificates UInt64,
    earlyData UInt64,
    compressed UInt64,
    encryptedHello UInt64,
    decrypted UInt64,
    alerts Array(String),
    weird Array(String),
    clients Array(String),
    firstSeen Int64,
    lastSeen Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (id, stream);
