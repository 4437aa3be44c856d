-- Of whom and what a false alarm was said: the same rule finds the same subject at the same API again, and is told to be
-- one. `scope` is rule, application, API and who, a line each; empty where nobody is named. `finding`: where it was said.
CREATE OR REPLACE VIEW findingSuppressions AS
WITH (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases
SELECT
    rule,
    app,
    api,
    who,
    last.1 AS finding,
    last.2 AS status,
    last.3 AS by,
    last.4 AS note,
    last.5 AS ts,
    last.6 AS until
FROM
(
    SELECT
        lines[1] AS rule,
        lines[2] AS app,
        transform(lines[3], aliases.1, aliases.2, lines[3]) AS api,
        lines[4] AS who,
        argMax((id, status, by, note, ts, until), (ts, id)) AS last
    FROM (SELECT *, splitByChar('\n', scope) AS lines FROM findingDecisions WHERE status = 'false-positive' AND scope != '')
    GROUP BY rule, app, api, who
);
