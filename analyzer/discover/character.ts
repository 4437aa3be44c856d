/** Kinds of ASCII characters, by table; everything else is `other`. */
export const other = 0;
export const digit = 1;
export const lowerCase = 2;
export const upperCase = 3;
const kinds = new Uint8Array(128);
kinds.fill(digit, 0x30, 0x3a).fill(lowerCase, 0x61, 0x7b).fill(upperCase, 0x41, 0x5b);

export function kindOf(c: number): number {
  return c < 128 ? kinds[c]! : other;
}
