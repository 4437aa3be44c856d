/** How a password was written: readable, reversibly coded, digested or encrypted. */

export type PasswordForm =
  | 'plaintext'
  | 'base64' // of readable text
  | 'hex' // of readable text
  | 'md5' // 32 hex digits, or 16 bytes in Base64
  | 'md5-16' // the middle half of an MD5
  | 'sha1'
  | 'sha256' // or SM3: both have 64 hex digits
  | 'sha512'
  | 'bcrypt' // and its like: `$2b$…`, `$argon2…`
  | 'rsa' // a block of 128, 256, 384 or 512 bytes
  | 'sm2' // an SM2 cipher text: a point, a digest and the text
  | 'cipher' // blocks of a symmetric cipher, or anything else that can't be read
  | 'token' // a JWT in the password's place
  | 'sms-code' // a one-time code in the password's place
  | 'masked'
  | 'flag' // a word that is no password: true, null, 1
  | 'empty';

const flags = new Set('true false null undefined none 0 1 y n yes no on off nan string'.split(' '));

/** Forms that hold no password to judge. */
export function isNoPassword(form: PasswordForm): boolean {
  return form === 'flag' || form === 'empty' || form === 'masked' || form === 'token' || form === 'sms-code';
}

export interface ReadPassword {
  readonly form: PasswordForm;
  /** The password where the form gives it away, else null. Never leaves `read`. */
  readonly text: string | null;
}

const hexDigests: Readonly<Record<number, PasswordForm>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };
const longest = 4096;

export function readPassword(value: string): ReadPassword {
  if (value === '') return { form: 'empty', text: null };
  if (value.length > longest) return { form: 'cipher', text: null };
  if (flags.has(value.toLowerCase())) return { form: 'flag', text: null };
  if (/^[*•●·xX]{3,}$/.test(value) || /\*{3,}/.test(value) || /^[•●]+$/.test(value))
    return { form: 'masked', text: null };
  if (/^\$(?:2[abxy]?|argon2(?:id|i|d)|pbkdf2[\w-]*|[156]|scrypt)\$/.test(value)) return { form: 'bcrypt', text: null };
  if (/^ey[\w-]{8,}\.[\w-]+\.[\w-]*$/.test(value)) return { form: 'token', text: null };
  if (value.length >= 12 && value.length % 2 === 0 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value)) {
    const found = readHex(value);
    if (found !== null) return found;
  }
  if (value.length >= 8 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    const found = readBase64(value);
    if (found !== null) return found;
  }
  return value.length > 64 ? { form: 'cipher', text: null } : { form: 'plaintext', text: value };
}

function readHex(value: string): ReadPassword | null {
  const { length } = value;
  const text = readable(Buffer.from(value, 'hex'));
  if (text !== null) return { form: 'hex', text };
  if (/^\d+$/.test(value) && length < 32) return null;
  const digest = hexDigests[length];
  if (digest !== undefined) return { form: digest, text: null };
  if (length === 16 && /\d/.test(value) && /[a-f]/i.test(value)) return { form: 'md5-16', text: null };
  if (length === 256 || length === 512 || length === 768 || length === 1024) return { form: 'rsa', text: null };
  // 64 bytes of point and 32 of digest, with or without the leading 04, and the text.
  if (length > 192) return { form: 'sm2', text: null };
  return length >= 32 ? { form: 'cipher', text: null } : null;
}

function readBase64(value: string): ReadPassword | null {
  const bare = value.replace(/=+$/, '');
  const padding = value.length - bare.length;
  if (bare.length % 4 === 1 || (padding > 0 && value.length % 4 !== 0)) return null;
  const bytes = Buffer.from(bare, 'base64');
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === bare.replaceAll('-', '+').replaceAll('_', '/');
  if (!isCanonical) return null;
  const text = readable(bytes);
  if (text !== null && (padding > 0 || bytes.length % 3 === 0)) {
    // A digest written in hex may itself be wrapped.
    const inner = /^[0-9a-f]+$/i.test(text) ? hexDigests[text.length] : undefined;
    return inner === undefined ? { form: 'base64', text } : { form: inner, text: null };
  }
  const { length } = bytes;
  if (length === 128 || length === 256 || length === 384 || length === 512) return { form: 'rsa', text: null };
  if (length > 96 && bytes[0] === 4) return { form: 'sm2', text: null };
  if (padding > 0 || value.length > 24) {
    if (length === 16) return { form: 'md5', text: null };
    if (length === 20) return { form: 'sha1', text: null };
    if (length === 32) return { form: 'sha256', text: null };
    if (length === 64) return { form: 'sha512', text: null };
    if (length >= 16) return { form: 'cipher', text: null };
  }
  return null;
}

/** Printable ASCII of four characters or more, or null. */
function readable(bytes: Buffer): string | null {
  if (bytes.length < 4 || bytes.length > 64) return null;
  for (const c of bytes) if (c < 0x20 || c > 0x7e) return null;
  return bytes.toString('latin1');
}

/** Which classes a password has: `a`, `A`, `0`, `#`, in this order. */
export function classesOf(password: string): string {
  let out = '';
  if (/[a-z]/.test(password)) out += 'a';
  if (/[A-Z]/.test(password)) out += 'A';
  if (/\d/.test(password)) out += '0';
  if (/[^A-Za-z0-9]/.test(password)) out += '#';
  return out;
}
