/** What is weak in what a server and its clients agreed on. */
import type { HandshakeSum } from '../handshakes.ts';

/** What the marks are told from; a stored row has it too. Times are integer µs. */
export type TlsFacts = Pick<
  HandshakeSum,
  | ('version' | 'suite' | 'compressed' | 'fingerprint' | 'notBefore' | 'notAfter' | 'lastSeen')
  | ('keyType' | 'keyBits' | 'signature' | 'sni' | 'names')
> & { readonly selfIssued: boolean | number };

/** Words of the JSON contract, in the order they are told. */
export const tlsMarks = [
  'old-version', // SSL, TLS 1.0 and 1.1 (RFC 7568, RFC 8996); TLCP is a standard in force
  'no-encryption',
  'no-authentication', // anonymous key exchange
  'weak-cipher', // RC4, DES, 3DES, export (RFC 7465, RFC 8429, SWEET32)
  'no-forward-secrecy', // RSA or static key exchange
  'compressed', // RFC 3749
  'expired',
  'not-yet-valid',
  'weak-key', // RSA and DSA below 2048 bits, EC below 224 (NIST SP 800-57)
  'weak-signature', // MD5 and SHA-1
  'self-issued',
  'other-name', // the certificate is for other names than the one asked for
] as const;
export type TlsMark = (typeof tlsMarks)[number];

const OLD = ['SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1'];

function suiteMarks(suite: string): TlsMark[] {
  const marks: TlsMark[] = [];
  if (/_WITH_NULL_|^TLS_SHA(?:256|384)_/.test(suite)) marks.push('no-encryption');
  if (/_anon_|_DH_anon/.test(suite)) marks.push('no-authentication');
  if (/RC4|RC2|_DES_|_DES40_|3DES|EXPORT|IDEA/.test(suite)) marks.push('weak-cipher');
  // The suites of TLS 1.3 have no key exchange in their name: all of theirs is ephemeral.
  const exchange = /^(?:TLS_)?(.*?)_(?:WITH_|SM4_)/.exec(suite)?.[1];
  if (
    exchange !== undefined &&
    exchange !== 'TLS' &&
    !/^(?:ECDHE|DHE|ECDH_anon|DH_anon|ECCPWD|SRP|IBSDH)/.test(exchange)
  ) {
    marks.push('no-forward-secrecy');
  }
  return marks;
}

/** RFC 6125 §6.4: a wildcard stands for one label. */
function covers(name: string, asked: string): boolean {
  const pattern = name.toLowerCase();
  if (!pattern.startsWith('*.')) return pattern === asked;
  const dot = asked.indexOf('.');
  return dot > 0 && asked.slice(dot) === pattern.slice(1);
}

function certificateMarks(row: TlsFacts): TlsMark[] {
  const marks: TlsMark[] = [];
  if (row.notAfter !== 0 && row.notAfter < row.lastSeen) marks.push('expired');
  if (row.notBefore > row.lastSeen) marks.push('not-yet-valid');
  const least = row.keyType === 'RSA' || row.keyType === 'DSA' ? 2048 : row.keyType === 'EC' ? 224 : 0;
  if (row.keyBits > 0 && row.keyBits < least) marks.push('weak-key');
  if (/^md[25]|sha1|SHA1$/.test(row.signature)) marks.push('weak-signature');
  if (row.selfIssued) marks.push('self-issued');
  if (row.sni !== '' && row.names.length > 0 && !row.names.some((name) => covers(name, row.sni)))
    marks.push('other-name');
  return marks;
}

export function marksOf(row: TlsFacts): readonly TlsMark[] {
  const marks = suiteMarks(row.suite);
  if (OLD.includes(row.version)) marks.push('old-version');
  if (row.compressed > 0) marks.push('compressed');
  if (row.fingerprint !== '') marks.push(...certificateMarks(row));
  return tlsMarks.filter((mark) => marks.includes(mark));
}
