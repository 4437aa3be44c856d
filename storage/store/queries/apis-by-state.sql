-- How many APIs are at each point of their life: new, active, inactive, revived; candidate: never answered with success?
-- Static files are left out.
SELECT if(lifecycle = '', 'candidate', lifecycle) AS state, count() AS apis
FROM apiRows
WHERE format != 'asset'
GROUP BY state
ORDER BY indexOf(['new', 'active', 'revived', 'inactive', 'candidate'], state)
