/** Numbers and words of JSON (RFC 8259 §3, §6). */

/** 1 for digits, letters, sign and point. */
const tokenBytes = new Uint8Array(256);
for (const c of '0123456789+-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') tokenBytes[c.charCodeAt(0)] = 1;

/** Where a run of such octets ends. */
export function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && tokenBytes[bytes[i]] === 1) i++;
  return i;
}

/** Where a number in its usual form ends, `-12.50`; `start` when it is another, or may go on behind `end`. */
export function plainNumberEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = bytes[start] === 0x2d ? start + 1 : start;
  const first = i;
  let c = 0;
  while (i < end && (c = bytes[i]) >= 0x30 && c <= 0x39) i++;
  if (i === first) return start;
  if (i < end && c === 0x2e) {
    i++;
    while (i < end && (c = bytes[i]) >= 0x30 && c <= 0x39) i++;
  }
  return i < end && tokenBytes[c] === 0 ? i : start;
}

/** Words that some writers of JSON use as values. */
const words = ['true', 'false', 'null', 'NaN', 'Infinity', 'undefined'].map((word) => new TextEncoder().encode(word));

/** What a run of such octets is; null for nothing that JSON knows. */
export function tokenKind(bytes: Uint8Array, start: number, end: number): 'number' | 'literal' | null {
  const c = bytes[start];
  if ((c >= 0x30 && c <= 0x39) || c === 0x2d) return isNumber(bytes, start, end) ? 'number' : null;
  for (const word of words) {
    if (word.length !== end - start) continue;
    let i = 0;
    while (i < word.length && word[i] === bytes[start + i]) i++;
    if (i === word.length) return 'literal';
  }
  return null;
}

/** Digits with one point and one exponent at most; leading zeros are let pass, dates and addresses are not. */
function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let point = false;
  let exponent = false;
  for (let i = bytes[start] === 0x2d ? start + 1 : start; i < end; i++) {
    const c = bytes[i];
    if (c >= 0x30 && c <= 0x39) digits++;
    else if (c === 0x2e && !point && !exponent) point = true;
    else if ((c | 0x20) === 0x65 && !exponent && digits > 0) {
      exponent = true;
      digits = 0;
      if (i + 1 < end && (bytes[i + 1] === 0x2b || bytes[i + 1] === 0x2d)) i++;
    } else return false;
  }
  return digits > 0;
}
