-- What goes into an API and comes out of it, field by field: `StoredSchema` of analyzer/discover/schema-view.ts as JSON
-- text; the row of the highest version stands.
CREATE TABLE IF NOT EXISTS schemas
(
    id String,
    app String,
    payload String CODEC(ZSTD(1)),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id;
