/** Code point ranges as sequences of octet ranges (RFC 3629), so that an automaton can run over UTF-8 as it lies. */

/** One octet range per octet of the encoding: a code point fits when each of its octets lies in its range. */
export type OctetSequence = readonly (readonly [number, number])[];

/** Last code point of each encoded length. */
const lengths = [0x7f, 0x7ff, 0xffff, 0x10ffff];

export function octetSequences(from: number, to: number): OctetSequence[] {
  const sequences: OctetSequence[] = [];
  let low = from;
  for (const [index, last] of lengths.entries()) {
    if (low > to) break;
    if (low > last) continue;
    split(low, Math.min(to, last), index + 1, sequences);
    low = last + 1;
  }
  return sequences;
}

/** Cuts where a continuation octet would not run through its whole range below a changing one. */
function split(from: number, to: number, octets: number, out: OctetSequence[]): void {
  for (let position = 1; position < octets; position++) {
    const mask = 2 ** (6 * position) - 1;
    if ((from & ~mask) === (to & ~mask)) continue;
    if ((from & mask) !== 0) {
      split(from, from | mask, octets, out);
      split((from | mask) + 1, to, octets, out);
      return;
    }
    if ((to & mask) !== mask) {
      split(from, (to & ~mask) - 1, octets, out);
      split(to & ~mask, to, octets, out);
      return;
    }
  }
  const first = encode(from, octets);
  const last = encode(to, octets);
  out.push(first.map((octet, index): [number, number] => [octet, last[index]!]));
}

const leads = [0, 0, 0xc0, 0xe0, 0xf0];

function encode(code: number, octets: number): number[] {
  if (octets === 1) return [code];
  const encoded: number[] = [];
  for (let position = octets - 1; position >= 0; position--) {
    const bits = code >> (6 * position);
    encoded.push(position === octets - 1 ? leads[octets]! | bits : 0x80 | (bits & 0x3f));
  }
  return encoded;
}
