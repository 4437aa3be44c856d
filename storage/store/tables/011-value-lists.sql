-- Values as a call brings them: one row for each side of a call. Nothing is kept here; `valueListRows` makes rows of
-- `values` of them, which costs less than to send each value with all that is the same for a call.
CREATE TABLE IF NOT EXISTS valueLists
(
    ts Int64,
    app LowCardinality(String),
    uid String,
    -- request or response
    direction LowCardinality(String),
    -- high, low: halves of the value's keyed hash.
    values Array(Tuple(high UInt32, low UInt32, label LowCardinality(String), place LowCardinality(String)))
)
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS valueListRows TO `values` AS
SELECT
    bitOr(bitShiftLeft(toUInt64(high), 32), toUInt64(low)) AS hash,
    ts,
    app,
    reinterpretAsUInt64(reverse(unhex(substring(uid, 1, 16)))) AS flow,
    toUInt32OrZero(substring(uid, 18)) AS depth,
    direction,
    label,
    place
FROM valueLists
ARRAY JOIN
    values.high AS high,
    values.low AS low,
    values.label AS label,
    values.place AS place;
