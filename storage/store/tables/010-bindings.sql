-- How much of an application's traffic has an owner: analyzer/identify/binding.ts. carrying: calls with a credential,
-- logins apart; bound: of these, calls whose account is known; logins: those that succeeded. `app` is empty for all
-- applications beyond the bound.
CREATE TABLE IF NOT EXISTS bindings
(
    app String,
    calls UInt64,
    carrying UInt64,
    bound UInt64,
    logins UInt64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY app;
