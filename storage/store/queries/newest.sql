-- What is the newest packet time in the store, µs? 0 when it is empty.
SELECT greatest((SELECT max(ts) FROM calls), (SELECT max(lastTs) FROM sources FINAL)) AS ts
