-- What the access log says beside the call itself. device: the kind of device the caller says it is (`chrome/windows`);
-- resultCode: what the reply's own code says; traceIds: keyed hashes of the ids that gateways and services hand on with a
-- request, 16 hex digits each, the surest first, parted by spaces. Empty for nothing.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS device LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS resultCode LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS traceIds String CODEC(ZSTD(1));
