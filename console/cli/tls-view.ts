/** How TLS is shown: the JSON of the contract, CSV columns, table columns. */
import { marksOf, type TlsMark } from '../../analyzer/analyzer.ts';
import { known } from './known.ts';
import type { View } from './output.ts';
import type { TlsRow } from './rows.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { right } from './views.ts';

/** Clients that a row names at most; there may be more. */
const MAX_CLIENTS = 32;

/** The common name in an RFC 4514 text, or the text. */
function commonName(text: string): string {
  return /(?:^|,|\+)CN=((?:\\.|[^,+\\])*)/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? text;
}

function certificateJson(row: TlsRow) {
  if (row.fingerprint === '') return undefined;
  return {
    fingerprint: row.fingerprint,
    subject: row.subject,
    issuer: row.issuer,
    notBefore: isoTime(row.notBefore),
    notAfter: isoTime(row.notAfter),
    keyType: row.keyType,
    keyBits: row.keyBits,
    signature: row.signature,
    names: row.names,
    selfIssued: Boolean(row.selfIssued),
  };
}

/** The first one, and how many more there are: a table has no room for all of them. */
function shownMarks([first, ...more]: readonly TlsMark[], { tls }: Texts): string {
  if (first === undefined) return '';
  return more.length === 0 ? tls.marks[first] : tls.andMore(tls.marks[first], more.length);
}

export function tlsView(texts: Texts, zone: string): View<TlsRow> {
  const { tls, cells } = texts;
  return {
    json: (row) => ({
      server: row.server,
      port: row.port,
      ...known('sni', row.sni),
      ...known('version', row.version),
      ...known('suite', row.suite),
      ...known('group', row.group),
      ...known('alpn', row.alpn),
      ...known('certificate', certificateJson(row)),
      weak: marksOf(row),
      handshakes: row.handshakes,
      refused: row.refused,
      unfinished: row.unfinished,
      resumed: row.resumed,
      clientCertificates: row.clientCertificates,
      earlyData: row.earlyData,
      encryptedHello: row.encryptedHello,
      decrypted: row.decrypted,
      alerts: row.alerts,
      weird: row.weird,
      clients: row.clients,
      ja4: row.ja4,
      ja3: row.ja3,
      firstSeen: isoTime(row.firstSeen),
      lastSeen: isoTime(row.lastSeen),
    }),
    fields: [
      ...['server', 'port', 'sni', 'version', 'suite', 'group', 'alpn', 'certificate', 'weak', 'handshakes', 'refused'],
      ...['unfinished', 'resumed', 'clientCertificates', 'earlyData', 'encryptedHello', 'decrypted', 'alerts', 'weird'],
      ...['clients', 'ja4', 'ja3', 'firstSeen', 'lastSeen'],
    ],
    columns: [
      { header: tls.columns.server, min: 16, weight: 4 },
      { header: tls.columns.version },
      { header: tls.columns.suite, min: 12 },
      { header: tls.columns.issuer, min: 10 },
      { header: tls.columns.expires },
      right(tls.columns.clients),
      right(tls.columns.handshakes),
      { header: tls.columns.weak, min: 14, weight: 2 },
    ],
    cells: (row) => [
      row.sni === '' ? `${row.server}:${row.port}` : `${row.sni}:${row.port}`,
      row.version === '' ? tls.refused(row.refused > 0) : row.version,
      row.suite === '' ? cells.none : row.suite.replace(/^TLS_/, ''),
      row.fingerprint === '' ? cells.none : commonName(row.issuer),
      row.notAfter === 0
        ? cells.none
        : row.notAfter === Number.MAX_SAFE_INTEGER
          ? tls.noEnd
          : zonedTime(row.notAfter, zone).slice(0, 10),
      row.clients.length < MAX_CLIENTS ? row.clients.length : tls.atLeast(row.clients.length),
      row.handshakes,
      shownMarks(marksOf(row), texts),
    ],
  };
}
