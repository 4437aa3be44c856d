-- Which APIs are there, how sensitive is each, and what is it for? With people's words before the engine's; those that
-- never succeeded are left out. At most 20,000, those used last.
SELECT a.app AS app, a.template AS template, t.format AS format, t.functions AS functions, t.grade AS grade
FROM apiRows AS a
INNER JOIN apiTraitRows AS t ON t.id = a.id
WHERE a.state != 'candidate' AND a.template != ''
ORDER BY a.lastSeen DESC, app, template
LIMIT 20000
