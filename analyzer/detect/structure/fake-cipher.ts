/**
 * Content that is said to be encrypted and is not, or not well: an encoding alone, an exclusive-or with one octet, or a
 * block cipher without chaining (ECB), whose equal blocks stay equal.
 */
import { structure } from './structure.ts';

const shortest = 16;
/** Characters that are looked at; of one text in four that is longer than `small`, told by its own middle. */
const longest = 8 * 1024;
const small = 1024;
/** Characters that show whether it is text. */
const beginning = 64;
const hex = /^(?:[0-9a-f]{2})+$/i;
const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Blocks of AES and SM4; those of DES are half as long, and two that come again together are told of too. */
const block = 16;
const leastBlocks = 4;

/** Of a value in a field whose name says that it is encrypted, as bits; 0 for what may well be. */
export function flawsOfCipher(sent: string): number {
  const text = sent.trim();
  if (text.length < shortest) return 0;
  const first = decoded(text.slice(0, beginning));
  if (first === null || first.length < shortest / 2) return 0;
  if (isCompressed(first) || isText(first) || isMasked(first, text)) return structure.encoded;
  if (text.length > small && (text.charCodeAt(text.length >> 1) & 3) !== 0) return 0;
  const octets = decoded(text.slice(0, longest));
  if (octets === null || (text.length <= longest && octets.length % 8 !== 0)) return 0;
  return repeatsBlocks(octets) ? structure.repeatedBlocks : 0;
}

/** Null for what is neither hexadecimal nor Base64. Lines of Base64 may be broken (RFC 2045 §6.8). */
function decoded(text: string): Buffer | null {
  if (hex.test(text.length % 2 === 0 ? text : text.slice(0, -1))) return Buffer.from(text, 'hex');
  const plain = text.includes('\n') ? text.replace(/[\r\n]+/g, '') : text;
  return base64.test(plain) ? Buffer.from(plain, 'base64') : null;
}

/** RFC 1952 §2.3. */
function isCompressed(octets: Buffer): boolean {
  return octets[0] === 0x1f && octets[1] === 0x8b && octets[2] === 8;
}

/** What is encoded twice may be a cipher's all the same. */
function isText(octets: Buffer): boolean {
  for (const octet of octets) {
    if (octet < 0x20 ? octet !== 0x0a && octet !== 0x0d && octet !== 0x09 : octet === 0x7f) return false;
  }
  const text = octets.toString('utf8');
  // The beginning may end inside a character.
  return !text.slice(0, -1).includes('\ufffd') && !hex.test(text) && !base64.test(text);
}

/** An object under one octet: its first two characters and its last one agree, and all is plain text. */
function isMasked(first: Buffer, text: string): boolean {
  const key = first[0]! ^ 0x7b;
  if ((first[1]! ^ key) !== 0x22) return false;
  for (const octet of first) if ((octet ^ key) < 0x20 || (octet ^ key) > 0x7e) return false;
  const all = decoded(text);
  return all !== null && (all[all.length - 1]! ^ key) === 0x7d;
}

/** Two equal blocks of 128 bits do not come by chance; runs of one octet are no cipher's. */
function repeatsBlocks(octets: Buffer): boolean {
  if (octets.length < leastBlocks * block) return false;
  const places = new Map<number, number>();
  for (let i = 0; i + block <= octets.length; i += block) {
    const word = octets.readInt32LE(i);
    const before = places.get(word);
    if (before === undefined) places.set(word, i);
    else if (octets.compare(octets, before, before + block, i, i + block) === 0) return !isUniform(octets, i);
  }
  return false;
}

function isUniform(octets: Buffer, from: number): boolean {
  for (let i = from + 1; i < from + block; i++) if (octets[i] !== octets[from]) return false;
  return true;
}
