-- How much did a subject do? One row; the subject is chosen as in `subject-parts`. accountShown: of the last call that
-- has one; boundCalls: calls whose account is known; mostPersons: in the response that had most of them; personCalls:
-- calls whose response had any. Times are 0 without calls.
SELECT
    count() AS calls,
    countIf(status >= 400 OR (success = 0 AND status > 0)) AS errors,
    argMaxIf(toString(account), ts, account != '') AS accountShown,
    uniqExactIf(accountHash, accountHash != '') AS accounts,
    countIf(accountHash != '') AS boundCalls,
    uniqExact(client) AS clients,
    uniqExactIf(session, session != '') AS sessions,
    uniqExact(app) AS apps,
    uniqExact(apiId) AS apis,
    max(persons) AS mostPersons,
    countIf(persons > 0) AS personCalls,
    sum(requestBytes) AS requestBytes,
    sum(responseBytes) AS responseBytes,
    min(ts) AS firstSeen,
    max(ts) AS lastSeen
FROM callRows
WHERE ts >= {since:Int64} AND ts < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND ({app:String} = '' OR app = {app:String})
    AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
    AND ({client:String} = '' OR client = {client:String})
    AND ({account:String} = '' OR account = {account:String})
    AND ({accountHash:String} = '' OR startsWith(accountHash, {accountHash:String}))
