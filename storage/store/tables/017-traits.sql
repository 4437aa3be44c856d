-- What kind of API each is, as the engine thinks: exposure, caller, audience, access, auth, reach, grade, level; several
-- values of one are parted by commas. proposals: how grade and level came to be, oldest first, `at` µs of packet time.
ALTER TABLE apis
    ADD COLUMN IF NOT EXISTS traits Array(Tuple(name String, value String, reason String, confidence Float64)),
    ADD COLUMN IF NOT EXISTS proposals Array(Tuple(what String, value String, reason String, at Int64));

-- What people last said of an API, by trait; what was taken back is left out. It holds under the API's id of now.
CREATE OR REPLACE VIEW apiDecisions AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT api AS id, groupArray((trait, last.1, last.2, last.3, last.4)) AS decided
FROM
(
    SELECT
        transform(subject, aliases.1, aliases.2, subject) AS api,
        JSONExtractString(value, 'trait') AS trait,
        argMax((JSONExtractString(value, 'value'), by, note, ts), (ts, id)) AS last
    FROM decisions FINAL
    WHERE kind = 'api-trait'
    GROUP BY api, trait
    ORDER BY api, trait
)
WHERE last.1 != ''
GROUP BY api;

-- Each API's traits with a person's word before the engine's.
CREATE OR REPLACE VIEW apiTraitRows AS
SELECT
    a.id AS id,
    a.traits AS traits,
    a.proposals AS proposals,
    CAST(d.decided, 'Array(Tuple(trait String, value String, by String, note String, ts Int64))') AS decided,
    mapUpdate(
        mapFromArrays(a.traits.name, a.traits.value),
        mapFromArrays(d.decided.1, d.decided.2)) AS said,
    said['exposure'] AS exposure,
    said['caller'] AS caller,
    said['audience'] AS audience,
    said['access'] AS access,
    said['auth'] AS auth,
    said['reach'] AS reach,
    if(said['format'] = '', toString(a.format), said['format']) AS format,
    said['grade'] AS grade,
    said['level'] AS level,
    if(said['functions'] = '', a.functions.name, splitByChar(',', said['functions'])) AS functions
FROM apis AS a FINAL
LEFT JOIN apiDecisions AS d ON d.id = a.id;
