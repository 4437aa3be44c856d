-- With which status codes and media types did the APIs of an application answer? status: 0 for no response.
SELECT
    apiId,
    status,
    toString(requestType) AS requestType,
    toString(responseType) AS responseType,
    count() AS calls
FROM callRows
WHERE app = {app:String}
GROUP BY apiId, status, requestType, responseType
ORDER BY apiId, status, calls DESC, requestType, responseType
