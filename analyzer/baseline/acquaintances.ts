/**
 * Whom a subject has to do with: the 16 it met last, each with how often, since when and until when. At the bound the
 * one not met for longest makes room. They are told apart by a 32-bit hash: two of 16 share one by a chance of 3e-8.
 *
 * All but their names lies in an array of counts that belongs to somebody else, the hashes side by side: a scan through
 * objects costs a visit to memory for each.
 */

export interface Acquaintance {
  readonly id: string;
  /** Calls in common since it was last forgotten. */
  readonly calls: number;
  /** Packet times of the first and last of them, µs since 1970, to the second. */
  readonly first: number;
  readonly last: number;
}

const most = 16;
/** Behind the hashes: of each the turn and the second it was met last, the first second, and its calls. */
const factsAt = most;
const factsEach = 4;
const turnOf = 0;
const lastOf = 1;
const firstOf = 2;
const callsOf = 3;
export const acquaintancesSize = most + factsEach * most;

export const second = 1_000_000;

/**
 * `ids`: their names, as many as there are; `now` in seconds since 1970; `turn` grows from call to call. True when one
 * had to be forgotten.
 */
export function meet(
  counts: Uint32Array,
  at: number,
  ids: string[],
  id: string,
  hash: number,
  now: number,
  turn: number,
): boolean {
  const size = ids.length;
  for (let i = 0; i < size; i++) {
    if ((counts[at + i]! | 0) !== hash) continue;
    const facts = at + factsAt + i * factsEach;
    counts[facts + turnOf] = turn;
    if (now > counts[facts + lastOf]!) counts[facts + lastOf] = now;
    counts[facts + callsOf]!++;
    return false;
  }
  const isFull = size === most;
  const place = isFull ? oldestIn(counts, at) : size;
  const facts = at + factsAt + place * factsEach;
  ids[place] = id;
  counts[at + place] = hash;
  counts[facts + turnOf] = turn;
  counts[facts + lastOf] = now;
  counts[facts + firstOf] = now;
  counts[facts + callsOf] = 1;
  return isFull;
}

function oldestIn(counts: Uint32Array, at: number): number {
  let oldest = 0;
  let least = counts[at + factsAt]!;
  for (let i = 1; i < most; i++) {
    const turn = counts[at + factsAt + i * factsEach]!;
    if (turn >= least) continue;
    least = turn;
    oldest = i;
  }
  return oldest;
}

/** FNV-1a, 32 bits, signed: a number above 2^31 would be an object. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Most calls first. */
export function acquaintancesIn(counts: Uint32Array, at: number, ids: readonly string[]): Acquaintance[] {
  return ids
    .map((id, i) => {
      const facts = at + factsAt + i * factsEach;
      const calls = counts[facts + callsOf]!;
      return { id, calls, first: counts[facts + firstOf]! * second, last: counts[facts + lastOf]! * second };
    })
    .sort((a, b) => b.calls - a.calls || (a.id < b.id ? -1 : 1));
}
