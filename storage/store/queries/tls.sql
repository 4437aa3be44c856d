-- How do servers protect what they say? By server, name, what was agreed and certificate; with the clients that did so.
-- Streams are summed up; text filters are exact, `search` is part of a name, a subject or an issuer.
SELECT
    server,
    port,
    sni,
    version,
    suite,
    `group`,
    alpn,
    fingerprint,
    any(subject) AS subject,
    any(issuer) AS issuer,
    any(notBefore) AS notBefore,
    any(notAfter) AS notAfter,
    any(keyType) AS keyType,
    any(keyBits) AS keyBits,
    any(signature) AS signature,
    any(names) AS names,
    any(selfIssued) AS selfIssued,
    sum(handshakes) AS handshakes,
    sum(refused) AS refused,
    sum(unfinished) AS unfinished,
    sum(resumed) AS resumed,
    sum(clientCertificates) AS clientCertificates,
    sum(earlyData) AS earlyData,
    sum(compressed) AS compressed,
    sum(encryptedHello) AS encryptedHello,
    sum(decrypted) AS decrypted,
    arraySort(groupUniqArrayArray(alerts)) AS alerts,
    arraySort(groupUniqArrayArray(weird)) AS weird,
    arraySort(groupUniqArrayArray(clients)) AS clients,
    arraySort(groupUniqArrayIf(32)(toString(ja4), ja4 != '')) AS ja4,
    arraySort(groupUniqArrayIf(32)(ja3, ja3 != '')) AS ja3,
    min(firstSeen) AS firstSeen,
    max(lastSeen) AS lastSeen
FROM
(
    SELECT * FROM handshakes FINAL
    WHERE ({server:String} = '' OR server = {server:String})
        AND ({sni:String} = '' OR sni = {sni:String})
        AND ({search:String} = '' OR positionCaseInsensitive(concat(sni, '\n', subject, '\n', issuer), {search:String}) > 0)
)
GROUP BY server, port, sni, version, suite, `group`, alpn, fingerprint
HAVING lastSeen >= {since:Int64} AND firstSeen < if({until:Int64} = 0, 9223372036854775807, {until:Int64})
ORDER BY handshakes DESC, server, port, sni, version, suite, `group`, alpn, fingerprint
LIMIT if({limit:UInt64} = 0, 18446744073709551615, {limit:UInt64})
