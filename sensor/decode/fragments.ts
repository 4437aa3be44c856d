/**
 * Fragments of IPv4 and IPv6 datagrams, put together again (RFC 791 §3.2, RFC 8200 §4.5).
 *
 * Policy for overlaps, named `discard`: the same octets twice are taken once; a datagram of which any octet came with
 * two values is given up, with all that still comes of it. So do the receivers of today (RFC 5722 for IPv6, Linux and
 * Windows for both), and no choice between two contents can be forged on.
 *
 * Every fragment is held until its datagram is whole, refused, out of time, or over a bound, and counted then.
 */
import { RecencyList, type Recent } from '../flow/recency.ts';
import { C, type Ledger } from '../ledger.ts';
import type { WeirdCounts } from '../weird.ts';
import { HELD } from './frame.ts';
import type { FragmentLimits } from './limits.ts';
import type { Segment } from './segment.ts';

/** The fragment made its datagram whole: it is `datagram[0, length)`, without the IP header. */
export const WHOLE = -100;

/** Octets that keeping a piece and a datagram takes beside their content. */
const PIECE_WEIGHT = 256;
const DATAGRAM_WEIGHT = 512;
const MAX_LENGTH = 65_535;

// Names of the lists.
const OPEN = 0;
const WHOLE_ONES = 1;

/** Octets `[start, end)` of a datagram; no two pieces of one overlap. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly octets: Buffer;
}

class Datagram implements Recent<Datagram> {
  /** In order. */
  pieces: Piece[] = [];
  /** Sum of the pieces' lengths. */
  octets = 0;
  /** Octets of the whole, -1 until the last fragment came. */
  total = -1;
  /** Next header by the first fragment, else by any. */
  protocol = 0;
  /** Fragments not counted yet. */
  frames = 0;
  /** Why nothing more is held of it; `HELD` while it is. */
  verdict = HELD;
  // Recent<Datagram>
  older: Datagram | null = null;
  newer: Datagram | null = null;
  list = -1;

  constructor(
    readonly key: string,
    /** Clock of its first fragment; once whole, of the one that made it so. */
    public since: number,
  ) {}

  get weight(): number {
    return DATAGRAM_WEIGHT + this.octets + this.pieces.length * PIECE_WEIGHT;
  }

  /** Index of the first piece that ends behind `offset`. */
  firstBehind(offset: number): number {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pieces[middle]!.end > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Octets of `[start, end)` that are here already; -1 when one of them has another value. */
  overlap(start: number, end: number, data: Buffer, at: number): number {
    let sum = 0;
    for (let i = this.firstBehind(start); i < this.pieces.length && this.pieces[i]!.start < end; i++) {
      const piece = this.pieces[i]!;
      const from = Math.max(start, piece.start);
      const to = Math.min(end, piece.end);
      const differs = piece.octets.compare(
        data,
        at + from - start,
        at + to - start,
        from - piece.start,
        to - piece.start,
      );
      if (differs !== 0) return -1;
      sum += to - from;
    }
    return sum;
  }

  /** Keeps what of `[start, end)` is not here yet. */
  fill(start: number, end: number, data: Buffer, at: number): void {
    let i = this.firstBehind(start);
    let from = start;
    while (from < end) {
      const next = this.pieces[i];
      if (next !== undefined && next.start <= from) {
        from = next.end;
        i++;
        continue;
      }
      const to = next === undefined ? end : Math.min(end, next.start);
      // Not from Node's pool, of which one short piece would keep all alive.
      const octets = Buffer.allocUnsafeSlow(to - from);
      data.copy(octets, 0, at + from - start, at + to - start);
      this.pieces.splice(i++, 0, { start: from, end: to, octets });
      this.octets += to - from;
      from = to;
    }
  }
}

export class Fragments {
  /** The datagram that was last made whole; valid until the next `add`. */
  readonly datagram = Buffer.alloc(MAX_LENGTH);
  length = 0;
  protocol = 0;

  readonly #datagrams = new Map<string, Datagram>();
  /** Those under way, and refused ones, by the time they began: all have one timeout, so that is the order of their ends. */
  readonly #open = new RecencyList<Datagram>(OPEN);
  /** Whole ones, by the time they became so. */
  readonly #whole = new RecencyList<Datagram>(WHOLE_ONES);
  #weight = 0;

  constructor(
    private readonly limits: FragmentLimits,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
  ) {}

  /** Octets held, with those that keeping them takes. */
  get weight(): number {
    return this.#weight;
  }

  /** Datagrams known, whole and refused ones too. */
  get size(): number {
    return this.#datagrams.size;
  }

  /**
   * Takes `data[at, end)`, which belongs at `offset` of its datagram; `more` fragments follow it there. `segment` has
   * the addresses, the clock and what they came through. `WHOLE`, `HELD`, or the counter this fragment ends in.
   * `wanted` false: of this datagram nothing will be read.
   */
  add(
    segment: Segment,
    version: number,
    protocol: number,
    id: number,
    offset: number,
    more: boolean,
    wanted: boolean,
    data: Buffer,
    at: number,
    end: number,
  ): number {
    this.expire(segment.clock);
    const key = keyOf(segment, version, protocol, id);
    const stop = offset + end - at;
    let datagram = this.#datagrams.get(key);
    if (datagram?.list === WHOLE_ONES) {
      const fits = more ? stop <= datagram.total : stop === datagram.total;
      if (fits && datagram.overlap(offset, stop, data, at) === stop - offset) return C.fragmentsRepeated;
      // The identification is in use again.
      this.#forget(datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      datagram = new Datagram(key, segment.clock);
      this.#datagrams.set(key, datagram);
      this.#open.append(datagram);
      this.#weight += DATAGRAM_WEIGHT;
    }
    if (datagram.verdict !== HELD) return datagram.verdict;
    datagram.frames++;
    if (!wanted) return this.#refuse(datagram, C.notTcp);
    const state = this.#join(datagram, offset, stop, more, data, at);
    if (state !== HELD) return this.#refuse(datagram, state);
    if (offset === 0 || datagram.frames === 1) datagram.protocol = protocol;
    if (datagram.octets === datagram.total) return this.#complete(datagram, segment.clock);
    return this.#makeRoom(datagram) ? C.fragmentsOverLimit : HELD;
  }

  /** `HELD`, or why the datagram is to be refused. */
  #join(datagram: Datagram, offset: number, stop: number, more: boolean, data: Buffer, at: number): number {
    const { total, pieces } = datagram;
    const extent = pieces.length === 0 ? 0 : pieces[pieces.length - 1]!.end;
    if (more ? total >= 0 && stop > total : (total >= 0 && stop !== total) || extent > stop) {
      this.weird.note('fragment_size_inconsistency');
      return C.fragmentsConflicting;
    }
    const overlap = datagram.overlap(offset, stop, data, at);
    if (overlap < 0) {
      this.weird.note('fragment_inconsistency');
      return C.fragmentsConflicting;
    }
    if (!more) datagram.total = stop;
    if (overlap === stop - offset) return HELD;
    if (overlap > 0) this.weird.note('fragment_overlap');
    if (pieces.length >= this.limits.maxPieces) {
      this.weird.note('fragment_limit');
      return C.fragmentsOverLimit;
    }
    const before = datagram.weight;
    datagram.fill(offset, stop, data, at);
    this.#weight += datagram.weight - before;
    return HELD;
  }

  #complete(datagram: Datagram, clock: number): number {
    for (const { start, octets } of datagram.pieces) octets.copy(this.datagram, start);
    this.length = datagram.total;
    this.protocol = datagram.protocol;
    // The fragment at hand ends in what the datagram turns out to be.
    this.ledger.counts[C.fragmentsJoined]! += datagram.frames - 1;
    datagram.frames = 0;
    this.#open.remove(datagram);
    datagram.since = clock;
    this.#whole.append(datagram);
    this.#makeRoom(null);
    return WHOLE;
  }

  /** Counts what was held, and this fragment by the caller; the rest of the datagram will end alike. */
  #refuse(datagram: Datagram, verdict: number): number {
    this.ledger.counts[verdict]! += datagram.frames - 1;
    this.#empty(datagram);
    datagram.verdict = verdict;
    return verdict;
  }

  #empty(datagram: Datagram): void {
    const before = datagram.weight;
    datagram.pieces = [];
    datagram.octets = 0;
    datagram.frames = 0;
    this.#weight += datagram.weight - before;
  }

  #forget(datagram: Datagram): void {
    (datagram.list === OPEN ? this.#open : this.#whole).remove(datagram);
    this.#datagrams.delete(datagram.key);
    this.#weight -= datagram.weight;
  }

  /** Gives up what began first until the bounds are kept. True when `current` had to go; its last fragment is not counted. */
  #makeRoom(current: Datagram | null): boolean {
    const { maxDatagrams, maxOctets } = this.limits;
    while (this.#weight > maxOctets || this.size > maxDatagrams) {
      const victim = (this.#whole.oldest ?? this.#open.oldest)!;
      this.#forget(victim);
      if (victim.frames > 0) this.weird.note('fragment_limit');
      this.ledger.counts[C.fragmentsOverLimit]! += victim.frames - (victim === current ? 1 : 0);
      if (victim === current) return true;
    }
    return false;
  }

  /** Packet time has come to `clock`: what waited too long ends. */
  expire(clock: number): void {
    for (let one = this.#whole.oldest; one !== null && one.since + this.limits.repeatUs <= clock; ) {
      this.#forget(one);
      one = this.#whole.oldest;
    }
    for (let one = this.#open.oldest; one !== null && one.since + this.limits.timeoutUs <= clock; ) {
      this.#giveUp(one);
      one = this.#open.oldest;
    }
  }

  /** The input is over. */
  finish(): void {
    this.expire(Number.POSITIVE_INFINITY);
  }

  #giveUp(datagram: Datagram): void {
    this.#forget(datagram);
    this.ledger.counts[C.fragmentsIncomplete]! += datagram.frames;
  }
}

/**
 * Fragments of one datagram have all this in common (RFC 791 §2.3, RFC 8200 §4.5), one UTF-16 unit for each 16 bits.
 * The next header of IPv6 is no part of it: only the first fragment's counts.
 */
function keyOf(s: Segment, version: number, protocol: number, id: number): string {
  const scope = [s.vlan & 0xffff, s.tunnel, s.tunnelId >>> 16, s.tunnelId & 0xffff];
  const ends = [s.source0, s.source1, s.source2, s.source3, s.destination0, s.destination1, s.destination2];
  const kind = version === 4 ? protocol : 0xffff;
  const units = [kind, id >>> 16, id & 0xffff, s.destination3 >>> 16, s.destination3 & 0xffff, ...scope];
  for (const word of ends) units.push(word >>> 16, word & 0xffff);
  return String.fromCharCode(...units);
}
