-- The parameter a finding is about, with its place: path.customerId; '' for none.
ALTER TABLE findings ADD COLUMN IF NOT EXISTS parameter LowCardinality(String) CODEC(ZSTD(1)) AFTER measured;
