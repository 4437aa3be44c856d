/** What is said of the log and its proof in English. */
export const auditEn = {
  help: {
    audit: 'the proof that the log was not altered, and who changed what',
    verify: 'hold every stored call, finding and decision against its seal; exit code 1 when one does not fit',
    log: 'who decided or changed what, when',
    anchor: 'a copy of audit.anchor that was put aside (default: the one in the data folder)',
    key: 'the audit.pub that was put aside (default: the one in the data folder)',
    month: 'only the calls of this month, such as 2026-11; all else is proven whole',
    values: 'also who was given what: each call says what its values come to (reads all values)',
    kind: 'only entries of this kind: finding-status, configuration, rules, replay, run, retention …',
    by: 'only entries of this person',
    subject: 'only entries about this finding, API or capture (its id or beginning)',
    since: 'from this time on: 2h, 7d before now, or an ISO time',
    limit: 'at most this many entries, the newest',
  },
  columns: { time: 'time', by: 'by', kind: 'what', subject: 'about', value: 'value', note: 'note' },
  sound: 'The log is as it was sealed.',
  broken: (count: string) => `THE LOG IS NOT AS IT WAS SEALED: ${count} found.`,
  problems: (count: number) => (count === 1 ? '1 break' : `${count} breaks`),
  nothing: 'Nothing is sealed in this folder yet. Sealing begins with the next replay or run.',
  chain: (writer: string, seals: string, until: string, hash: string) =>
    `chain ${writer}: ${seals} seals, the last of ${until}, hash ${hash}`,
  proven: (calls: string, blocks: string, findings: string, decisions: string) =>
    `proven: ${calls} calls in ${blocks} blocks, ${findings} findings, ${decisions} entries of the operators' log`,
  values: (rows: string, calls: string, before: string, strangers: string) =>
    `values: ${rows} held against ${calls} calls; ${before} calls are from before they said what theirs come to; ${strangers} values lead to no call`,
  badMonth: (text: string) => `--month must be a month such as 2026-11, not «${text}».`,
  unsealed: (calls: string, findings: string, decisions: string) =>
    `not sealed yet: ${calls} calls, ${findings} findings, ${decisions} entries; the next start seals them, and says so`,
  before: (calls: string) => `${calls} calls were stored before sealing began and cannot be proven`,
  adopted: (count: string) => `${count} seals were made after an unexpected end, of what stood there unsealed`,
  closed: (months: string) => `dropped by retention, sealed before: ${months}`,
  anchor: (path: string, lines: string) => `anchor: ${path}, ${lines} lines`,
  damagedAnchor: (lines: string) => `lines of the anchor that cannot be read: ${lines}`,
  keyFrom: {
    file: 'key: the public key that was given',
    folder: 'key: audit.pub of the data folder; whoever can write there can change it. Give the one put aside (--key)',
    chain: 'key: the one the chain itself names, which proves little. Give the one put aside (--key)',
  },
  outside:
    'Whoever can write to this machine can make a new chain: keep copies of audit.pub and audit.anchor elsewhere, and give them (--key, --anchor).',
  kinds: {
    altered: 'altered',
    missing: 'missing',
    inserted: 'inserted',
    reordered: 'reordered',
    truncated: 'cut off',
    forged: 'not signed by this key',
    unproven: 'was not as sealed when later calls took its place',
  },
  places: {
    seal: 'seal',
    anchor: 'anchor line',
    calls: 'call',
    values: 'values of a call',
    findings: 'finding',
    decisions: "entry of the operators' log",
  },
  problem: (kind: string, place: string, row: string, rows: string, number: string) =>
    `  ${place} ${kind}: ${row || `nobody can say which`} (${rows} seal ${number})`,
  rows: (count: string) => `${count} rows,`,
  between: (before: string, after: string) => `between ${before || 'the beginning'} and ${after || 'the end'}`,
  ofSeal: (number: number) => `number ${number}`,
  failed: 'the log does not verify: see above.',
};
