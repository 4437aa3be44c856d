/**
 * Header sections met before. On a kept connection nearly every request carries the fields of the one before, octet for
 * octet, and what a server answers within a second differs little: such a section is compared, not read again, and
 * everybody who carries it is given the same list.
 *
 * A bounded table without order: a section goes where its hash says and takes the place of what is there. It is kept
 * when it comes the second time, so that heads which never repeat (a request id in each) cost no more than a look.
 */
import type { HeadFields } from './head.ts';

/** Sections kept of requests, and as many of responses: a few MB a shard at most. A power of two. */
const SLOTS = 1024;
/** Octets of a section that is kept; longer ones are read each time. */
const MAX_OCTETS = 1024;
/** Every so many octets one goes into the hash; all of them are compared. */
const STRIDE = 4;

/** A header section as it was read, of requests or of responses. Shared: nobody changes it. */
export interface Section {
  readonly headers: string[];
  readonly fields: Readonly<HeadFields>;
}

interface Kept extends Section {
  readonly octets: Buffer;
}

export class KnownSections {
  readonly #kept: (Kept | null)[] = new Array<Kept | null>(SLOTS).fill(null);
  /** Hash of the section that each slot saw last. */
  readonly #seen = new Int32Array(SLOTS);
  /** Hash of the section asked for last; `keep` speaks of the same one. */
  #hash = 0;
  #isWorthKeeping = false;

  /** What the octets `data[start, end)` were read as before, null when they are to be read. */
  find(data: Buffer, start: number, end: number): Section | null {
    this.#isWorthKeeping = false;
    if (end - start > MAX_OCTETS || start >= end) return null;
    const hash = hashOf(data, start, end);
    const slot = hash & (SLOTS - 1);
    this.#hash = hash;
    this.#isWorthKeeping = this.#seen[slot] === hash;
    this.#seen[slot] = hash;
    if (!this.#isWorthKeeping) return null;
    const kept = this.#kept[slot]!;
    if (kept === null || kept.octets.compare(data, start, end) !== 0) return null;
    return kept;
  }

  /**
   * The section that `find` did not know reads as `headers` and `fields`, and nothing about it is odd. True when both are
   * kept: they are everybody's now.
   */
  keep(data: Buffer, start: number, end: number, headers: string[], fields: HeadFields): boolean {
    if (!this.#isWorthKeeping) return false;
    const octets = Buffer.allocUnsafeSlow(end - start);
    data.copy(octets, 0, start, end);
    this.#kept[this.#hash & (SLOTS - 1)] = { headers: Object.freeze(headers) as string[], fields, octets };
    return true;
  }
}

function hashOf(data: Buffer, start: number, end: number): number {
  let hash = end - start;
  // From the end: what differs between two heads stands there as often as anywhere, and the last octet is no line's end.
  for (let i = end - 1; i >= start; i -= STRIDE) hash = Math.imul(hash ^ data[i]!, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
