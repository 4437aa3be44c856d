-- How far has each writer sealed? lastTs: packet time of the newest call sealed.
SELECT
    writer,
    max(seals.number) AS number,
    argMax(seals.hash, seals.number) AS hash,
    argMax(seals.ts, seals.number) AS ts,
    max(seals.block) AS block,
    maxIf(seals.lastTs, seals.kind IN ('block', 'adopted', 'amended')) AS lastTs
FROM seals
GROUP BY writer
ORDER BY writer
