/** Addresses of the flow key as text: dotted quad, or IPv6 in the canonical form of RFC 5952. */

/** Slots for IPv4 addresses; a power of two. */
const KNOWN = 4096;
/**
 * Addresses met lately, each in the slot that its low bits name, and their texts: connections are many, their ends few,
 * and all connections of one have one text.
 */
const words = new Int32Array(KNOWN);
const texts = new Array<string>(KNOWN).fill('');

export function addressText(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) {
    const slot = (w3 ^ (w3 >>> 12)) & (KNOWN - 1);
    if (words[slot] !== w3 || texts[slot] === '') {
      words[slot] = w3;
      texts[slot] = `${w3 >>> 24}.${(w3 >>> 16) & 255}.${(w3 >>> 8) & 255}.${w3 & 255}`;
    }
    return texts[slot]!;
  }
  const groups: number[] = [];
  for (const w of [w0, w1, w2, w3]) groups.push(w >>> 16, w & 0xffff);
  // The longest run of two or more zero groups becomes "::"; of equal runs the first (RFC 5952 §4.2).
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
    if (j > i) i = j;
  }
  const hex = groups.map((group) => group.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}
