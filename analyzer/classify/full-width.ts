/** Full-width letters and digits (U+FF01 … U+FF5E) as their ASCII forms: people type them into forms. */

function narrow(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end || bytes[at] !== 0xef) return 0;
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  if (second === 0xbc && third >= 0x81) return third - 0x60;
  if (second === 0xbd && third <= 0x9e) return third - 0x20;
  return 0;
}

/** A digit or letter; punctuation such as `：` alone needs no folding. */
export function isWideAlphanumeric(bytes: Uint8Array, at: number, end: number): boolean {
  const octet = narrow(bytes, at, end);
  return (octet >= 0x30 && octet <= 0x39) || ((octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a);
}

export function foldWidth(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(end - start);
  let length = 0;
  for (let i = start; i < end; i++) {
    const octet = narrow(bytes, i, end);
    if (octet === 0) out[length++] = bytes[i]!;
    else {
      out[length++] = octet;
      i += 2;
    }
  }
  return out.subarray(0, length);
}
