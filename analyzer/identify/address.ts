/**
 * IP addresses as numbers and as canonical text (RFC 5952), without allocation where addresses are only compared.
 * Four 32-bit words hold an address; IPv4 lies in the last. IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) reads as IPv4, since
 * dual-stack servers log one client either way.
 */

export type Family = 0 | 4 | 6;

/** Longest text of an address: IPv6 with an IPv4 tail and a zone. */
const longestAddress = 64;

/** Reads `text[start, end)` into `words`; 0 when it is no address. A zone (RFC 4007 §11) is passed over. */
export function parseAddress(text: string, start: number, end: number, words: Uint32Array): Family {
  const length = end - start;
  if (length < 2 || length > longestAddress) return 0;
  for (let i = start; i < end && i < start + 5; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x3a) return parseIpv6(text, start, end, words);
    if (c === 0x2e) break;
  }
  const value = parseIpv4(text, start, end);
  if (value < 0) return 0;
  words[0] = words[1] = words[2] = 0;
  words[3] = value;
  return 4;
}

/** The dotted quad as a number, or -1. Leading zeros are refused: some readers take them for octal. */
function parseIpv4(text: string, start: number, end: number): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i <= end; i++) {
    const c = i < end ? text.charCodeAt(i) : 0x2e;
    if (c === 0x2e) {
      if (octet < 0) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else if (c >= 0x30 && c <= 0x39) {
      if (octet === 0) return -1;
      octet = octet < 0 ? c - 0x30 : octet * 10 + c - 0x30;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 4 ? value : -1;
}

const groups = new Uint16Array(8);

function parseIpv6(text: string, start: number, end: number, words: Uint32Array): Family {
  const zone = text.indexOf('%', start);
  const stop = zone >= 0 && zone < end ? zone : end;
  let count = 0;
  /** Where `::` stands, as a number of groups before it; -1 when there is none. */
  let gap = -1;
  let i = start;
  if (text.charCodeAt(i) === 0x3a) {
    if (text.charCodeAt(i + 1) !== 0x3a) return 0;
    gap = 0;
    i += 2;
  }
  while (i < stop) {
    if (count === 8) return 0;
    let value = 0;
    const from = i;
    for (; i < stop; i++) {
      const nibble = hexDigit(text.charCodeAt(i));
      if (nibble < 0) break;
      value = value * 16 + nibble;
    }
    if (i < stop && text.charCodeAt(i) === 0x2e) {
      const tail = parseIpv4(text, from, stop);
      if (tail < 0 || count > 6) return 0;
      groups[count++] = tail >>> 16;
      groups[count++] = tail & 0xffff;
      i = stop;
      break;
    }
    if (i === from || i - from > 4) return 0;
    groups[count++] = value;
    if (i === stop) break;
    if (text.charCodeAt(i) !== 0x3a) return 0;
    i++;
    if (i < stop && text.charCodeAt(i) === 0x3a) {
      if (gap >= 0) return 0;
      gap = count;
      i++;
    } else if (i === stop) return 0;
  }
  if (gap < 0 ? count !== 8 : count > 7) return 0;
  if (gap >= 0) {
    groups.copyWithin(gap + 8 - count, gap, count);
    groups.fill(0, gap, gap + 8 - count);
  }
  for (let n = 0; n < 4; n++) words[n] = groups[2 * n]! * 0x10000 + groups[2 * n + 1]!;
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? mapped(words) : 6;
}

function mapped(words: Uint32Array): Family {
  words[2] = 0;
  return 4;
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Canonical text: dotted quad, or RFC 5952 §4. */
export function formatAddress(family: 4 | 6, words: Uint32Array): string {
  if (family === 4) {
    const v = words[3]!;
    return `${v >>> 24}.${(v >>> 16) & 255}.${(v >>> 8) & 255}.${v & 255}`;
  }
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = i;
    while (n < 8 && groupOf(words, n) === 0) n++;
    if (n - i > bestLength) {
      best = i;
      bestLength = n - i;
    }
    if (n > i) i = n;
  }
  let out = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      out += '::';
      i += bestLength - 1;
      continue;
    }
    if (out !== '' && !out.endsWith(':')) out += ':';
    out += groupOf(words, i).toString(16);
  }
  return out;
}

function groupOf(words: Uint32Array, n: number): number {
  const word = words[n >> 1]!;
  return n & 1 ? word & 0xffff : word >>> 16;
}

const scratch = new Uint32Array(4);

/**
 * The address in a node as headers write it (RFC 7239 §6): bare, quoted, with a port, IPv6 in brackets or not.
 * Null for `unknown`, obfuscated names and anything else.
 */
export function addressOf(node: string): string | null {
  let start = 0;
  let end = node.length;
  while (start < end && isEdge(node.charCodeAt(start))) start++;
  while (end > start && isEdge(node.charCodeAt(end - 1))) end--;
  if (node.charCodeAt(start) === 0x5b) {
    const close = node.indexOf(']', start);
    if (close < 0 || close >= end || !isPort(node, close + 1, end)) return null;
    const family = parseAddress(node, start + 1, close, scratch);
    return family === 0 ? null : formatAddress(family, scratch);
  }
  const colon = node.indexOf(':', start);
  // One colon is a port of IPv4, several are IPv6.
  if (colon >= 0 && colon < end && node.indexOf(':', colon + 1) < 0 && isPort(node, colon, end)) end = colon;
  const family = parseAddress(node, start, end, scratch);
  return family === 0 ? null : formatAddress(family, scratch);
}

function isEdge(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x22;
}

/** Nothing, or a colon and a port or an obfuscated port (`_x`). */
function isPort(text: string, start: number, end: number): boolean {
  if (start === end) return true;
  if (text.charCodeAt(start) !== 0x3a || end - start > 9) return false;
  for (let i = start + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (!((c >= 0x30 && c <= 0x39) || (c === 0x5f && i === start + 1))) {
      if (text.charCodeAt(start + 1) !== 0x5f) return false;
    }
  }
  return true;
}
