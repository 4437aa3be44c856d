/**
 * Keyed hashes of values: SipHash-2-4 (Aumasson, Bernstein 2012) with 64 bits out, under 128-bit keys that HKDF-SHA256
 * (RFC 5869) derives from one secret. Two purposes, two keys: `identity` (accounts, sessions, persons in sketches, ids)
 * never rotates, `trace` (values given out) does. HMAC would cost ten times as much per value; the hash is a pseudonym
 * against readers of the store, who have no key, and not a signature.
 */
import { hkdfSync } from 'node:crypto';

export type KeyPurpose = 'identity' | 'trace';

/** Fewest octets of a secret: a shorter one could be searched. */
const leastSecret = 16;

/** 16 octets for one purpose; throws when the secret is too short to protect anything. */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Uint8Array {
  if (secret.length < leastSecret) {
    throw new Error(`the secret for keyed hashes has ${secret.length} octets; give at least ${leastSecret}`);
  }
  return new Uint8Array(hkdfSync('sha256', secret, 'apiris', `apiris keyed hash ${purpose}`, 16));
}

/** Slots of the cache; a value that falls into a taken slot takes it over. */
const slotBits = 8;
const slots = 1 << slotBits;
/** Octets of the longest value that is kept: accounts, numbers and names, not texts. */
const longestCached = 32;

/** One key at work. `hash` leaves its result in `high` and `low`; `hex` gives it as 16 digits. */
export class KeyedHash {
  /** The upper and lower 32 bits of the last hash, unsigned. */
  high = 0;
  low = 0;
  readonly #k0l: number;
  readonly #k0h: number;
  readonly #k1l: number;
  readonly #k1h: number;
  readonly #cached = new Uint8Array(slots * longestCached);
  /** Length + 1 of the value in the slot; 0 when empty. */
  readonly #lengths = new Uint8Array(slots);
  readonly #results = new Uint32Array(slots * 2);
  readonly #encoder = new TextEncoder();

  /** `key` has 16 octets. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new Error(`a SipHash key has 16 octets, not ${key.length}`);
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#k0l = view.getInt32(0, true);
    this.#k0h = view.getInt32(4, true);
    this.#k1l = view.getInt32(8, true);
    this.#k1h = view.getInt32(12, true);
  }

  hash(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > longestCached) {
      this.#compute(bytes, start, end);
      return;
    }
    const slot = slotOf(bytes, start, end);
    const at = slot * longestCached;
    const cached = this.#cached;
    if (this.#lengths[slot] === length + 1) {
      let same = 0;
      while (same < length && cached[at + same] === bytes[start + same]) same++;
      if (same === length) {
        this.high = this.#results[slot * 2]!;
        this.low = this.#results[slot * 2 + 1]!;
        return;
      }
    }
    this.#compute(bytes, start, end);
    for (let i = 0; i < length; i++) cached[at + i] = bytes[start + i]!;
    this.#lengths[slot] = length + 1;
    this.#results[slot * 2] = this.high;
    this.#results[slot * 2 + 1] = this.low;
  }

  /** 16 lower-case hex digits of the value's hash. */
  hex(bytes: Uint8Array, start: number, end: number): string {
    this.hash(bytes, start, end);
    return hex16(this.high, this.low);
  }

  /** The same for a text, as UTF-8. */
  hexOfText(text: string): string {
    const bytes = this.#encoder.encode(text);
    return this.hex(bytes, 0, bytes.length);
  }

  /** 64-bit words as pairs of 32-bit numbers; names as in the paper: v0…v3, l(ow) and h(igh). */
  #compute(bytes: Uint8Array, start: number, end: number): void {
    let v0l = this.#k0l ^ 0x70736575;
    let v0h = this.#k0h ^ 0x736f6d65;
    let v1l = this.#k1l ^ 0x6e646f6d;
    let v1h = this.#k1h ^ 0x646f7261;
    let v2l = this.#k0l ^ 0x6e657261;
    let v2h = this.#k0h ^ 0x6c796765;
    let v3l = this.#k1l ^ 0x79746573;
    let v3h = this.#k1h ^ 0x74656462;
    const length = end - start;
    const words = length >>> 3;
    // One more block than whole words: the rest and the length; then the finalisation's four rounds.
    for (let block = 0; block <= words + 1; block++) {
      let ml = 0;
      let mh = 0;
      let rounds = 2;
      const p = start + block * 8;
      if (block < words) {
        ml = bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);
        mh = bytes[p + 4]! | (bytes[p + 5]! << 8) | (bytes[p + 6]! << 16) | (bytes[p + 7]! << 24);
      } else if (block === words) {
        const rest = length & 7;
        for (let i = 0; i < rest; i++) {
          if (i < 4) ml |= bytes[p + i]! << (8 * i);
          else mh |= bytes[p + i]! << (8 * (i - 4));
        }
        mh |= (length & 0xff) << 24;
      } else {
        v2l ^= 0xff;
        rounds = 4;
      }
      v3l ^= ml;
      v3h ^= mh;
      for (let round = 0; round < rounds; round++) {
        // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
        let low = (v0l + v1l) | 0;
        let high = (v0h + v1h + carry(v0l, v1l, low)) | 0;
        let tl = (v1l << 13) | (v1h >>> 19);
        let th = (v1h << 13) | (v1l >>> 19);
        v1l = tl ^ low;
        v1h = th ^ high;
        v0l = high;
        v0h = low;
        // v2 += v3; v3 = rotl(v3, 16) ^ v2
        low = (v2l + v3l) | 0;
        v2h = (v2h + v3h + carry(v2l, v3l, low)) | 0;
        v2l = low;
        tl = (v3l << 16) | (v3h >>> 16);
        th = (v3h << 16) | (v3l >>> 16);
        v3l = tl ^ v2l;
        v3h = th ^ v2h;
        // v0 += v3; v3 = rotl(v3, 21) ^ v0
        low = (v0l + v3l) | 0;
        v0h = (v0h + v3h + carry(v0l, v3l, low)) | 0;
        v0l = low;
        tl = (v3l << 21) | (v3h >>> 11);
        th = (v3h << 21) | (v3l >>> 11);
        v3l = tl ^ v0l;
        v3h = th ^ v0h;
        // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
        low = (v2l + v1l) | 0;
        high = (v2h + v1h + carry(v2l, v1l, low)) | 0;
        tl = (v1l << 17) | (v1h >>> 15);
        th = (v1h << 17) | (v1l >>> 15);
        v1l = tl ^ low;
        v1h = th ^ high;
        v2l = high;
        v2h = low;
      }
      v0l ^= ml;
      v0h ^= mh;
    }
    this.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
    this.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
  }
}

/** Numbers and names that differ mostly do so at one of their ends. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let mixed = end - start;
  if (mixed >= 4) {
    const head = bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24);
    const tail = bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16) | (bytes[end - 1]! << 24);
    mixed ^= head ^ Math.imul(tail, 0x01000193);
  } else {
    for (let i = start; i < end; i++) mixed = (mixed << 8) | bytes[i]!;
  }
  return Math.imul(mixed, 0x85ebca6b) >>> (32 - slotBits);
}

/** The bit a sum of lower halves carries over; told without a comparison, which no processor could foresee. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
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
