-- Findings under the API id of now, with the status that counts: a person's decision wins, but what a person called
-- fixed and traffic showed again since then is reopened. `decidedFor`: the other finding that the decision was said of.
CREATE OR REPLACE VIEW findingRows AS
WITH (SELECT (groupArray(alias), groupArray(id), groupArray(template)) FROM apiAliases FINAL) AS aliases
SELECT
    f.id AS id,
    toString(f.kind) AS kind,
    toString(f.rule) AS rule,
    f.title AS title,
    f.titleZh AS titleZh,
    f.scenarios AS scenarios,
    toString(f.dimension) AS dimension,
    toString(f.level) AS level,
    indexOf(['informational', 'low', 'medium', 'high', 'critical'], level) AS severity,
    toString(f.status) AS engineStatus,
    multiIf(
        d.status = '' AND s.status != '', s.status,
        d.status = '', engineStatus,
        d.status != 'fixed', d.status,
        d.seen > 0 AND f.lastSeen > d.seen, 'reopened',
        d.seen = 0 AND engineStatus = 'reopened', 'reopened',
        'fixed') AS status,
    status IN ('unconfirmed', 'confirmed', 'fixing', 'to-verify', 'reopened') AS open,
    if(d.status = '', s.status, d.status) AS decidedStatus,
    if(d.status = '', s.by, d.by) AS decidedBy,
    if(d.status = '', s.note, d.note) AS decidedNote,
    if(d.status = '', s.ts, d.ts) AS decidedTs,
    if(d.status = '', s.until, d.until) AS decidedUntil,
    if(d.status = '', s.finding, '') AS decidedFor,
    f.app AS app,
    f.apiOfNow AS apiId,
    f.method AS method,
    ifNull(nullIf(transform(f.apiId, aliases.1, aliases.3, ''), ''), f.template) AS template,
    f.client AS client,
    f.clients AS clients,
    f.account AS account,
    f.accounts AS accounts,
    f.firstSeen AS firstSeen,
    f.lastSeen AS lastSeen,
    f.count AS count,
    f.measured AS measured,
    f.parameter AS parameter,
    f.usual AS usual,
    f.evidence AS evidence,
    f.completeness AS completeness,
    f.completenessLeast AS completenessLeast,
    f.advice AS advice,
    f.adviceZh AS adviceZh,
    f.owasp AS owasp,
    f.clauses AS clauses,
    f.impact AS impact
FROM
(
    SELECT
        *,
        transform(apiId, aliases.1, aliases.2, apiId) AS apiOfNow,
        if(account = '', client, account) AS who
    FROM findings FINAL
) AS f
LEFT JOIN findingDecisions AS d ON d.id = f.id
LEFT JOIN findingSuppressions AS s ON s.rule = toString(f.rule) AND s.app = f.app AND s.api = f.apiOfNow AND s.who = f.who;
