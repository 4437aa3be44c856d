/** In which form a password went over the wire, and whether a plain one is easy to guess. */

export type PasswordForm = 'plain' | 'pin' | 'hex32' | 'hex40' | 'hex64' | 'base64';

/** Base64 of a block of RSA or SM2: 88 characters are 64 octets. */
const leastCipher = 88;

export function passwordForm(text: string): PasswordForm {
  if (/^[0-9a-f]+$/i.test(text)) {
    if (text.length === 32) return 'hex32';
    if (text.length === 40) return 'hex40';
    if (text.length >= 64) return 'hex64';
  }
  if (/^\d+$/.test(text)) return 'pin';
  return text.length >= leastCipher && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? 'base64' : 'plain';
}

/** In a list, shorter than 6, one character again and again, a run of neighbours, or a date. */
export function isWeakPassword(text: string, listed: ReadonlySet<string>): boolean {
  if (text.length < 6 || listed.has(text) || listed.has(text.toLowerCase())) return true;
  const codes = [...text].map((letter) => letter.codePointAt(0)!);
  const step = codes[1]! - codes[0]!;
  if (Math.abs(step) <= 1 && codes.every((code, i) => i === 0 || code - codes[i - 1]! === step)) return true;
  return /^(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(text);
}
