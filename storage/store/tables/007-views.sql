-- What questions read: each row once, calls under the API id they have now. The aliases are read once a query, and cost
-- nothing when no id has changed.
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
    source
FROM calls FINAL;

-- APIs under their own id: one that became another is left out.
CREATE OR REPLACE VIEW apiRows AS
SELECT * FROM apis FINAL
WHERE id NOT IN (SELECT alias FROM apiAliases FINAL);
