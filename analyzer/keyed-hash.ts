/**
 * Keyed hashes of values: SipHash-2-4 with 64 bits out, under 128-bit keys that HKDF-SHA256
 * (RFC 5869) derives from one secret. Two purposes, two keys: `identity` (accounts, sessions, persons in sketches, ids)
 * never rotates, `trace` (values given out) does. HMAC would cost ten times as much per value; the hash is a pseudonym
 * against readers of the store, who have no key, and not a signature.
 */
import { hkdfSync } from 'node:crypto';
import { SipHash } from './siphash.ts';

export type KeyPurpose = 'identity' | 'trace';

/** Texts of up to so many characters are laid out here: most are ASCII, and the encoder makes an array of each. */
const ascii = new Uint8Array(256);

/** Fewest octets of a secret: a shorter one could be searched. */
const leastSecret = 16;

/** 16 octets for one purpose; throws when the secret is too short to protect anything. */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Uint8Array {
  if (secret.length < leastSecret) {
    throw new Error(`the secret for keyed hashes has ${secret.length} octets; give at least ${leastSecret}`);
  }
  return new Uint8Array(hkdfSync('sha256', secret, 'apiris', `apiris keyed hash ${purpose}`, 16));
}

/** One key at work. `hash` leaves its result in `high` and `low`; `hex` gives it as 16 digits. */
export class KeyedHash {
  /** The upper and lower 32 bits of the last hash, unsigned. */
  high = 0;
  low = 0;
  readonly #sip: SipHash;
  readonly #encoder = new TextEncoder();

  /** `key` has 16 octets. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new Error(`a SipHash key has 16 octets, not ${key.length}`);
    this.#sip = new SipHash(key);
  }

  hash(bytes: Uint8Array, start: number, end: number): void {
    const sip = this.#sip;
    sip.hash(bytes, start, end);
    this.high = sip.high;
    this.low = sip.low;
  }

  /** 16 lower-case hex digits of the value's hash. */
  hex(bytes: Uint8Array, start: number, end: number): string {
    this.hash(bytes, start, end);
    return hex16(this.high, this.low);
  }

  /** The same for a text, as UTF-8. */
  hexOfText(text: string): string {
    const { length } = text;
    if (length <= ascii.length) {
      let i = 0;
      for (; i < length; i++) {
        const c = text.charCodeAt(i);
        if (c > 0x7f) break;
        ascii[i] = c;
      }
      if (i === length) return this.hex(ascii, 0, length);
    }
    const bytes = this.#encoder.encode(text);
    return this.hex(bytes, 0, bytes.length);
  }
}

const pairs = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

function hex8(half: number): string {
  return pairs[half >>> 24]! + pairs[(half >>> 16) & 0xff]! + pairs[(half >>> 8) & 0xff]! + pairs[half & 0xff]!;
}

/** 16 lower-case hex digits of a hash's halves. */
export function hex16(high: number, low: number): string {
  return hex8(high) + hex8(low);
}

/** The upper 53 bits of a hash as one number, which JSON and an array of float64 carry as it is. */
export function hashNumber(high: number, low: number): number {
  return (high >>> 0) * 0x20_0000 + (low >>> 11);
}
