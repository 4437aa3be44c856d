-- Of how many calls is it known whose they are, by application? Those with most calls first.
SELECT app, calls, carrying, bound, logins FROM bindings FINAL ORDER BY calls DESC, app
