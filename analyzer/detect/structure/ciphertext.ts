/**
 * What a cipher's output looks like: octets without any order, told by how evenly their half-octets are spread. Compressed
 * content is spread as evenly, and says at its beginning what it is.
 */

/** Characters of the shortest text that is looked at: 48 octets of Base64. Shorter ones may be names of things. */
export const shortestCiphertext = 64;
/** Octets of it, and of a text in hexadecimal. */
const leastOctets = 32;
/** Octets that decide. */
const longestSample = 256;
/** Half-octets are held against an even spread by χ² with 15 degrees of freedom: more comes by chance four times in a million. */
const mostUneven = 53;
/** Lengths of digests in hexadecimal: SHA-256, -384 and -512. */
const digests: ReadonlySet<number> = new Set([64, 96, 128]);

/** By the octets they begin with, at the place given. */
const formats: readonly (readonly [at: number, octets: readonly number[]])[] = [
  [0, [0x89, 0x50, 0x4e, 0x47]], // PNG
  [0, [0xff, 0xd8, 0xff]], // JPEG
  [0, [0x47, 0x49, 0x46, 0x38]], // GIF
  [0, [0x52, 0x49, 0x46, 0x46]], // RIFF: WebP, WAV, AVI
  [0, [0x42, 0x4d]], // BMP
  [0, [0x49, 0x49, 0x2a, 0x00]], // TIFF
  [0, [0x4d, 0x4d, 0x00, 0x2a]],
  [0, [0x25, 0x50, 0x44, 0x46]], // PDF
  [0, [0x50, 0x4b, 0x03, 0x04]], // ZIP
  [0, [0x1f, 0x8b]], // gzip, RFC 1952
  [0, [0x78, 0x01]], // zlib, RFC 1950
  [0, [0x78, 0x5e]],
  [0, [0x78, 0x9c]],
  [0, [0x78, 0xda]],
  [0, [0x42, 0x5a, 0x68]], // bzip2
  [0, [0x37, 0x7a, 0xbc, 0xaf]], // 7z
  [0, [0xfd, 0x37, 0x7a, 0x58]], // xz
  [0, [0x28, 0xb5, 0x2f, 0xfd]], // Zstandard, RFC 8878
  [0, [0x52, 0x61, 0x72, 0x21]], // RAR
  [0, [0xd0, 0xcf, 0x11, 0xe0]], // OLE
  [0, [0x30, 0x81]], // DER: keys and certificates
  [0, [0x30, 0x82]],
  [0, [0x4d, 0x5a]], // programs of Windows
  [0, [0x7f, 0x45, 0x4c, 0x46]], // ELF
  [0, [0x77, 0x4f, 0x46]], // WOFF
  [0, [0x4f, 0x67, 0x67, 0x53]], // Ogg
  [0, [0x49, 0x44, 0x33]], // MP3
  [0, [0x1a, 0x45, 0xdf, 0xa3]], // Matroska
  [4, [0x66, 0x74, 0x79, 0x70]], // MP4
];

/** Values of Base64's characters, of both alphabets (RFC 4648 §4, §5); 64: none of them. */
const sextets = new Uint8Array(256).fill(64);
for (const alphabet of ['+/', '-_']) {
  const all = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`;
  for (let i = 0; i < 64; i++) sextets[all.charCodeAt(i)] = i;
}
const equals = 0x3d;

/** Characters of such a text that make up a sample; no more are looked at than four times as many. */
const mostLetters = Math.floor(longestSample / 3) * 4;
const letters = new Uint8Array(mostLetters);
const sample = new Uint8Array(longestSample);
const spread = new Uint16Array(16);

/** Whether a text, Base64 or hexadecimal, holds octets without order. Lines of Base64 may be broken (RFC 2045 §6.8). */
export function isCiphertext(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < shortestCiphertext) return false;
  let to = end;
  while (to > end - 4 && (isBreak(bytes[to - 1]!) || bytes[to - 1] === equals)) to--;
  let isHex = true;
  let taken = 0;
  const stop = Math.min(to, start + 4 * mostLetters);
  for (let i = start; i < stop; i++) {
    const octet = bytes[i]!;
    if (isBreak(octet)) continue;
    if (sextets[octet] === 64) return false;
    isHex &&= isHexDigit(octet);
    if (taken < mostLetters) letters[taken++] = octet;
  }
  if (taken < shortestCiphertext - 2) return false;
  if (isHex) return !digests.has(to - start) && looksRandom(sample, 0, unhexed(taken));
  // Words are letters of one case; what they would be decoded is spread evenly enough.
  spread.fill(0);
  for (let i = 0; i < taken; i++) spread[sextets[letters[i]!]! >> 2]!++;
  return isEven(taken) && looksRandom(sample, 0, unpacked(taken));
}

/** Whether octets are without order, and begin like nothing that is known. At least 32 are needed to say so. */
export function looksRandom(bytes: Uint8Array, start: number, end: number): boolean {
  const count = Math.min(end - start, longestSample);
  if (count < leastOctets) return false;
  for (const [at, octets] of formats) {
    let i = 0;
    while (i < octets.length && bytes[start + at + i] === octets[i]) i++;
    if (i === octets.length) return false;
  }
  spread.fill(0);
  for (let i = start; i < start + count; i++) {
    spread[bytes[i]! >> 4]!++;
    spread[bytes[i]! & 15]!++;
  }
  return isEven(2 * count);
}

/** χ² of what is spread over sixteen. */
function isEven(count: number): boolean {
  const expected = count / 16;
  let uneven = 0;
  for (let i = 0; i < 16; i++) uneven += (spread[i]! - expected) ** 2 / expected;
  return uneven <= mostUneven;
}

/** Letters into the sample; how many octets they are. */
function unpacked(count: number): number {
  const groups = count >> 2;
  for (let g = 0; g < groups; g++) {
    const at = 4 * g;
    const [b, c] = [sextets[letters[at + 1]!]!, sextets[letters[at + 2]!]!];
    sample[3 * g] = (sextets[letters[at]!]! << 2) | (b >> 4);
    sample[3 * g + 1] = ((b & 15) << 4) | (c >> 2);
    sample[3 * g + 2] = ((c & 3) << 6) | sextets[letters[at + 3]!]!;
  }
  return 3 * groups;
}

function unhexed(count: number): number {
  const octets = count >> 1;
  for (let i = 0; i < octets; i++) sample[i] = (hexValue(letters[2 * i]!) << 4) | hexValue(letters[2 * i + 1]!);
  return octets;
}

function isBreak(octet: number): boolean {
  return octet === 0x0a || octet === 0x0d;
}

function isHexDigit(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || ((octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x66);
}

function hexValue(octet: number): number {
  return octet <= 0x39 ? octet - 0x30 : (octet | 0x20) - 0x57;
}
