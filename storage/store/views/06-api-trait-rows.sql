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
    said['opaque'] AS opaque,
    if(said['format'] = '', toString(a.format), said['format']) AS format,
    said['grade'] AS grade,
    said['level'] AS level,
    if(said['functions'] = '', a.functions.name, splitByChar(',', said['functions'])) AS functions
FROM apis AS a FINAL
LEFT JOIN apiDecisions AS d ON d.id = a.id;
