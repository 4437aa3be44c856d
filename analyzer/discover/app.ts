import { RepeatCache } from '../repeat-cache.ts';

/** Hosts kept, and characters of the longest. */
const hosts = new RepeatCache<string>(1024, 260);

/**
 * The application an exchange belongs to: the host it names, in lower case, without a default port and the dot of the
 * root; a host that is no host name falls back to the server's own address, so a hostile header cannot write nonsense
 * into the inventory.
 */
export function appOf(host: string, serverIp: string, port: number): string {
  const name = hosts.get(host) ?? hosts.make(host, nameIn);
  return name !== '' ? name : `${serverIp.includes(':') ? `[${serverIp}]` : serverIp}:${port}`;
}

/** Empty for none. */
function nameIn(host: string): string {
  return canonicalHost(host) ?? '';
}

/** Longest host name (RFC 1035 §2.3.4); a port may follow. */
const longestHost = 253;

function canonicalHost(host: string): string | null {
  const text = trim(host);
  if (text.length === 0 || text.length > longestHost + 6) return null;
  let nameEnd: number;
  if (text.charCodeAt(0) === 0x5b) {
    nameEnd = text.indexOf(']') + 1;
    if (nameEnd < 4 || !/^\[[0-9a-f:.]+\]$/i.test(text.slice(0, nameEnd))) return null;
  } else {
    const colon = text.indexOf(':');
    nameEnd = colon < 0 ? text.length : colon;
    if (!isHostName(text, nameEnd)) return null;
  }
  const port = portOf(text, nameEnd);
  if (port === null) return null;
  if (text.charCodeAt(nameEnd - 1) === 0x2e) nameEnd--;
  if (nameEnd === 0 || nameEnd > longestHost) return null;
  return `${text.slice(0, nameEnd).toLowerCase()}${port}`;
}

function trim(host: string): string {
  const last = host.charCodeAt(host.length - 1);
  const first = host.charCodeAt(0);
  return first === 0x20 || first === 0x09 || last === 0x20 || last === 0x09 ? host.trim() : host;
}

/** Letters, digits, hyphens, underscores, in labels that are not empty. */
function isHostName(text: string, end: number): boolean {
  let labelLength = 0;
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    const lower = c | 0x20;
    if ((lower >= 0x61 && lower <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x5f) labelLength++;
    else if (c === 0x2e && labelLength > 0) labelLength = 0;
    else return false;
  }
  return end > 0;
}

/** `:8080`, empty for none or a default one (RFC 9110 §4.2), null when it is no port. */
function portOf(text: string, from: number): string | null {
  if (from === text.length) return '';
  if (text.charCodeAt(from) !== 0x3a || text.length - from > 6) return null;
  let port = 0;
  for (let i = from + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    port = port * 10 + digit;
  }
  if (port > 65535) return null;
  return from + 1 === text.length || port === 80 || port === 443 ? '' : `:${port}`;
}
