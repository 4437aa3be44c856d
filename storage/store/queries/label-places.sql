-- At which places of an API's messages were values of a label met that can be traced, and how many?
SELECT v.direction AS direction, v.place AS place, v.label AS label, count() AS values
FROM `values` AS v
WHERE v.label = {label:String}
    AND (v.flow, v.depth) IN (SELECT flow, depth FROM callRows WHERE apiId = {api:String})
GROUP BY direction, place, label
ORDER BY direction, place
