/**
 * Which listed password an unsalted digest is of. A digest of six digits is as good as the digits: a million of them
 * take two seconds. Tables are built at the first digest of their kind, whole, so that results don't hang on order.
 *
 * A table holds 4 octets an entry and half as many again of room; candidates are proved by digesting them once more.
 */
import { hash as digestOf, getHashes } from 'node:crypto';
import { weakPins } from './password-weakness.ts';

const algorithms: Readonly<Record<string, readonly string[]>> = {
  md5: ['md5'],
  'md5-16': ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256', 'sm3'],
  sha512: ['sha512'],
};

interface Table {
  readonly algorithm: string;
  /** Open addressing by the digest's octets 4…8 (which the middle half of an MD5 shares); 0 is empty, else index + 1. */
  readonly slots: Uint32Array;
}

export class DigestTable {
  #candidates: readonly string[] | null = null;
  readonly #tables = new Map<string, Table>();
  readonly #pins: 'weak' | 'all';

  /** `words`: weak passwords, in the spelling that would be digested. `pins`: `all` of the million, or the `weak` ones. */
  constructor(
    private readonly words: Iterable<string>,
    pins: 'weak' | 'all' = 'weak',
  ) {
    this.#pins = pins;
  }

  /** The password that `digest` (hex or Base64) is of, where it is listed; else null. Never leaves `read`. */
  reverse(form: string, digest: string): string | null {
    const names = algorithms[form];
    if (names === undefined) return null;
    const hex = hexOf(digest);
    const isMiddle = form === 'md5-16';
    if (hex.length < 16) return null;
    const key = Number.parseInt(isMiddle ? hex.slice(0, 8) : hex.slice(8, 16), 16);
    for (const name of names) {
      const { algorithm, slots } = this.#table(name);
      if (slots.length === 0) continue;
      for (let at = key & (slots.length - 1); slots[at] !== 0; at = (at + 1) & (slots.length - 1)) {
        const candidate = this.#candidate(slots[at]! - 1);
        const full = digestOf(algorithm, candidate, 'hex');
        if (full === hex || (isMiddle && full.slice(8, 24) === hex)) return candidate;
      }
    }
    return null;
  }

  get #listed(): readonly string[] {
    this.#candidates ??= [...new Set([...this.words, ...(this.#pins === 'weak' ? weakPins() : [])])];
    return this.#candidates;
  }

  #candidate(index: number): string {
    return this.#listed[index] ?? String(index - this.#listed.length).padStart(6, '0');
  }

  #table(algorithm: string): Table {
    let table = this.#tables.get(algorithm);
    if (table === undefined) {
      table = { algorithm, slots: getHashes().includes(algorithm) ? this.#build(algorithm) : new Uint32Array(0) };
      this.#tables.set(algorithm, table);
    }
    return table;
  }

  #build(algorithm: string): Uint32Array {
    const count = this.#listed.length + (this.#pins === 'all' ? 1_000_000 : 0);
    let size = 1024;
    while (size < count * 1.5) size *= 2;
    const slots = new Uint32Array(size);
    for (let i = 0; i < count; i++) {
      const digest = digestOf(algorithm, this.#candidate(i), 'buffer');
      let at = digest.readUInt32BE(4) & (size - 1);
      while (slots[at] !== 0) at = (at + 1) & (size - 1);
      slots[at] = i + 1;
    }
    return slots;
  }
}

/** Hex as sent, Base64 of the octets, or Base64 of the hex. */
function hexOf(digest: string): string {
  if (/^[0-9a-f]+$/i.test(digest)) return digest.toLowerCase();
  const bytes = Buffer.from(digest, 'base64');
  const text = bytes.toString('latin1');
  return /^[0-9a-f]{32,}$/i.test(text) ? text.toLowerCase() : bytes.toString('hex');
}
