/** Classes of octets, by table: the scan asks once an octet. */

export const isDigit = new Uint8Array(256);
export const isAlphanumeric = new Uint8Array(256);
/** Value of a hex digit or of a letter as a digit above 9; 255 for anything else. */
export const digitValue = new Uint8Array(256).fill(255);

for (let octet = 0x30; octet <= 0x39; octet++) {
  isDigit[octet] = 1;
  isAlphanumeric[octet] = 1;
  digitValue[octet] = octet - 0x30;
}
for (let letter = 0; letter < 26; letter++) {
  isAlphanumeric[0x41 + letter] = 1;
  isAlphanumeric[0x61 + letter] = 1;
  digitValue[0x41 + letter] = 10 + letter;
  digitValue[0x61 + letter] = 10 + letter;
}

/** Whether a UTF-8 lead octet begins one of U+4000 … U+9FFF: with rare exceptions a CJK ideograph. */
export function leadsHan(octet: number): boolean {
  return octet >= 0xe4 && octet <= 0xe9;
}

export function hanIn(bytes: Uint8Array, start: number, end: number): number {
  let han = 0;
  for (let i = start; i < end; i++) if (leadsHan(bytes[i]!)) han++;
  return han;
}

const decoder = new TextDecoder('utf-8');
/** Octets up to which decoding by hand is faster than a call of the decoder. */
const byHand = 60;

/** For candidates only; the scan itself makes no text. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > byHand) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (octet < 0x80) text += String.fromCharCode(octet);
    else if (octet >= 0xe0 && octet < 0xf0 && i + 2 < end) {
      const code = ((octet & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f);
      if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) return decoder.decode(bytes.subarray(start, end));
      text += String.fromCharCode(code);
      i += 2;
    } else return decoder.decode(bytes.subarray(start, end));
  }
  return text;
}

export function hasStar(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0x2a) return true;
  return false;
}
