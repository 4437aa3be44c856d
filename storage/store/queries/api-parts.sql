-- Which APIs became part of these, and which template did each have? `ids`: ids of now, parted by commas.
SELECT a.alias AS id, a.id AS api, p.template AS template
FROM (SELECT alias, id FROM apiAliases FINAL WHERE alias != id AND has(splitByChar(',', {ids:String}), id)) AS a
LEFT JOIN (SELECT id, template FROM apis FINAL) AS p ON p.id = a.alias
ORDER BY id
