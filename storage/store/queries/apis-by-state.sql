-- How many APIs are in each state? Static files are left out.
SELECT toString(state) AS state, count() AS apis
FROM apiRows
WHERE format != 'asset'
GROUP BY state
ORDER BY state
