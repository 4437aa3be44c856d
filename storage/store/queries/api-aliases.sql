-- Which APIs became others? The id under which calls were judged, and the API's id and template of now.
SELECT alias, id, template FROM apiAliases FINAL WHERE alias != id ORDER BY alias
