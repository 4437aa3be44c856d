-- What people decided; rows are added and never changed. `value` is JSON text; `by` is a name.
CREATE TABLE IF NOT EXISTS decisions
(
    id String,
    kind LowCardinality(String),
    subject String,
    value String,
    by String,
    note String,
    ts Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (ts, id);
