/** E-mail addresses around an @ (RFC 5321 §4.1.2 as people use it): linear walks to both sides. */
import { isAlphanumeric } from './octets.ts';

const longestLocal = 64;
const longestDomain = 253;

const isLocal = new Uint8Array(256);
for (let octet = 0; octet < 256; octet++) isLocal[octet] = isAlphanumeric[octet]!;
for (const letter of '._%+-') isLocal[letter.charCodeAt(0)] = 1;

/** File endings that follow an @ in names of images and packages. */
const fileEndings = new Set('png jpg jpeg gif webp svg css js mjs ts json map woff html'.split(' ').map(endingNumber));

/** Up to five small letters as one number. */
function endingNumber(ending: string): number {
  let number = 0;
  for (const letter of ending) number = number * 32 + letter.charCodeAt(0) - 0x60;
  return number;
}

/** Octet range of the address whose @ is at `at`, as start × 65536 + length; -1 when there is none. */
export function emailAround(bytes: Uint8Array, at: number, from: number, to: number): number {
  let start = at;
  while (start > from && at - start < longestLocal && isLocal[bytes[start - 1]!] === 1) start--;
  while (start < at && isAlphanumeric[bytes[start]!] === 0) start++;
  if (start === at || bytes[at - 1] === 0x2e) return -1;
  let end = at + 1;
  let dot = -1;
  for (; end < to && end - at <= longestDomain; end++) {
    const octet = bytes[end]!;
    if (octet === 0x2e) {
      if (bytes[end - 1] === 0x2e || end === at + 1) break;
      dot = end;
    } else if (isAlphanumeric[octet] === 0 && octet !== 0x2d) break;
  }
  // A full stop or hyphen that ends the sentence is not the domain's.
  while (end > at + 1 && isAlphanumeric[bytes[end - 1]!] === 0) end--;
  if (dot >= end - 1) {
    dot = end - 1;
    while (dot > at && bytes[dot] !== 0x2e) dot--;
    if (dot <= at) return -1;
  }
  if (dot < 0 || end - dot - 1 < 2 || end - dot - 1 > 24) return -1;
  let ending = 0;
  for (let i = dot + 1; i < end; i++) {
    const octet = bytes[i]! | 0x20;
    if (octet < 0x61 || octet > 0x7a) return -1;
    // Five letters fit; longer endings are of no file.
    ending = ending >= 1 << 25 ? Number.POSITIVE_INFINITY : ending * 32 + octet - 0x60;
  }
  if (fileEndings.has(ending)) return -1;
  return start * 65536 + (end - start);
}
