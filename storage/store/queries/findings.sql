-- What is wrong? The worst first, then the latest. An empty or zero filter filters nothing: level, kind, rule, scenario,
-- app, apiId, client, account as shown or the beginning of its hash (first ten digits count), status ('open': all that
-- are not done with), and what lasted into [since, until) µs.
SELECT
    id,
    kind,
    rule,
    title,
    titleZh,
    scenarios,
    dimension,
    level,
    status,
    engineStatus,
    decidedStatus,
    decidedBy,
    decidedNote,
    decidedTs,
    decidedUntil,
    decidedFor,
    app,
    apiId,
    method,
    template,
    client,
    clients,
    account,
    accounts,
    firstSeen,
    lastSeen,
    count,
    measured,
    parameter,
    usual,
    evidence,
    completeness,
    completenessLeast,
    advice,
    adviceZh,
    owasp,
    clauses,
    impact
FROM findingRows
WHERE lastSeen >= {since:Int64} AND firstSeen < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
    AND ({level:String} = '' OR level = {level:String})
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({rule:String} = '' OR rule = {rule:String})
    AND ({scenario:String} = '' OR has(scenarios, {scenario:String}))
    AND ({app:String} = '' OR app = {app:String})
    AND ({apiId:String} = '' OR startsWith(apiId, {apiId:String}))
    AND ({client:String} = '' OR client = {client:String} OR has(clients, {client:String}))
    AND ({account:String} = '' OR account = {account:String} OR has(accounts, {account:String}))
    AND ({accountHash:String} = '' OR arrayExists(
        x -> position(x, concat('#', substring({accountHash:String}, 1, 10))) > 0, arrayPushBack(accounts, account)))
    AND multiIf({status:String} = '', 1, {status:String} = 'open', open, status = {status:String})
ORDER BY severity DESC, lastSeen DESC, id
LIMIT if({limit:UInt64} = 0, 1000000000, {limit:UInt64}) OFFSET {offset:UInt64}
