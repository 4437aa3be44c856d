/**
 * JA3 and JA4 of a client: what kind of software it is, by the choices in its hello.
 *
 * JA3: github.com/salesforce/ja3. JA4 (TLS client fingerprinting, FoxIO, BSD 3-Clause): github.com/FoxIO-LLC/ja4. Both
 * leave reserved values (RFC 8701) out.
 */
import { hash } from 'node:crypto';
import type { ClientHello } from './hello.ts';
import { isGrease } from './names/parameters.ts';

const SERVER_NAME = 0;
const ALPN = 16;

function real(codes: readonly number[]): number[] {
  return codes.filter((code) => !isGrease(code));
}

/** The text that is hashed to JA3. */
export function ja3Text(hello: ClientHello): string {
  const lists = [hello.suites, hello.extensions, hello.groups].map((list) => real(list).join('-'));
  return `${hello.version},${lists.join(',')},${hello.pointFormats.join('-')}`;
}

export function ja3(hello: ClientHello): string {
  return hash('md5', ja3Text(hello), 'hex');
}

const ja4Versions: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

function hexCode(code: number): string {
  return code.toString(16).padStart(4, '0');
}

function digest(text: string): string {
  return text === '' ? '000000000000' : hash('sha256', text, 'hex').slice(0, 12);
}

function count(list: readonly unknown[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0');
}

/** First and last character of the first protocol; of its hex form when one of them is no letter and no digit. */
function protocolMark(protocol: string | undefined): string {
  if (protocol === undefined || protocol === '') return '00';
  const marks = `${protocol[0]}${protocol.at(-1)}`;
  if (/^[A-Za-z0-9]{2}$/.test(marks)) return marks;
  const hex = Buffer.from(protocol, 'latin1').toString('hex');
  return `${hex[0]}${hex.at(-1)}`;
}

export function ja4(hello: ClientHello): string {
  const offered = real(hello.versions);
  const version = offered.length > 0 ? Math.max(...offered) : hello.version;
  const suites = real(hello.suites);
  const extensions = real(hello.extensions);
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const sorted = extensions
    .filter((code) => code !== SERVER_NAME && code !== ALPN)
    .map(hexCode)
    .sort()
    .join(',');
  const schemes = real(hello.signatureSchemes).map(hexCode).join(',');
  const chosen = sorted === '' || schemes === '' ? sorted : `${sorted}_${schemes}`;
  return (
    `t${ja4Versions.get(version) ?? '00'}${name}${count(suites)}${count(extensions)}${protocolMark(hello.protocols[0])}` +
    `_${digest(suites.map(hexCode).sort().join(','))}_${digest(chosen)}`
  );
}
