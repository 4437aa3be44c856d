-- What is in the store, on one line? `candidates` are paths that never answered with success. Times are 0 when empty.
SELECT
    count() AS exchanges,
    uniqExact(app) AS applications,
    (SELECT count() FROM apiRows WHERE state != 'candidate' AND format != 'asset') AS apis,
    (SELECT count() FROM apiRows WHERE state != 'candidate' AND format = 'asset') AS assets,
    (SELECT count() FROM apiRows WHERE state = 'candidate') AS candidates,
    countIf(pairing = 'no-response') AS withoutResponse,
    countIf(pairing = 'no-request') AS withoutRequest,
    countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
    uniqExact(client) AS clients,
    min(ts) AS firstTs,
    max(ts) AS lastTs
FROM callRows
