/**
 * Texts of short values: codes, messages, flags come again and again, and looking one up costs a tenth of making it
 * anew. One a thread, which keeps them to itself. Bounded: a value that falls into a taken slot takes it over.
 */
/** A power of two. */
const slots = 1024;
const longest = 32;

const octets = new Uint8Array(slots * longest);
const lengths = new Uint8Array(slots);
const texts = new Array<string>(slots).fill('');

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > longest) return decoded(bytes, start, end);
  let mixed = length;
  for (let i = start; i < end; i++) mixed = Math.imul(mixed ^ bytes[i]!, 0x01000193);
  const slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
  const at = slot * longest;
  if (lengths[slot] === length) {
    let same = 0;
    while (same < length && octets[at + same] === bytes[start + same]) same++;
    if (same === length) return texts[slot]!;
  }
  for (let i = 0; i < length; i++) octets[at + i] = bytes[start + i]!;
  lengths[slot] = length;
  return (texts[slot] = decoded(bytes, start, end));
}

function decoded(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
