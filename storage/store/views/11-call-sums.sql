-- The same under the APIs of now, and without labels that people said are none: as questions sum them up further.
CREATE OR REPLACE VIEW callSums AS
WITH
    (SELECT (groupArray(alias), groupArray(id)) FROM apiAliases FINAL) AS aliases,
    transform(toString(r.apiId), aliases.1, aliases.2, toString(r.apiId)) AS apiIdNow,
    (SELECT groupArray((api, direction, label)) FROM fieldMarks WHERE history) AS marks
SELECT
    r.* REPLACE (
        apiIdNow AS apiId,
        if(empty(marks), r.sent, arrayFilter(
            x -> NOT hasAny(marks, [
                (apiIdNow, 'request', x.label), (apiIdNow, '', x.label), (apiIdNow, 'request', ''), (apiIdNow, '', '')]),
            r.sent)) AS sent,
        if(empty(marks), r.given, arrayFilter(
            x -> NOT hasAny(marks, [
                (apiIdNow, 'response', x.label), (apiIdNow, '', x.label), (apiIdNow, 'response', ''), (apiIdNow, '', '')]),
            r.given)) AS given)
FROM hourRows(since = {since:Int64}, until = {until:Int64}, offset = {offset:Int64}, every = {every:Int64},
    byApi = {byApi:UInt8}) AS r;
