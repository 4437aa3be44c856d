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
import { OctetRing } from './octet-ring.ts';
import type { Segment } from './segment.ts';

/** The fragment made its datagram whole: it is `datagram[0, length)`, without the IP header. */
export const WHOLE = -100;

const MAX_LENGTH = 65_535;

// Names of the lists.
const OPEN = 0;
const WHOLE_ONES = 1;

/** Octets `[start, end)` of a datagram; no two pieces of one overlap. */
interface Piece {
  readonly start: number;
  readonly end: number;
  /** In the ring. */
  readonly position: number;
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
    /** No octet of it lies before this position of the ring. */
    readonly first: number,
  ) {}
}

/** Index of the first piece that ends behind `offset`. */
function firstBehind(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
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
  readonly #ring: OctetRing;

  constructor(
    private readonly limits: FragmentLimits,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
  ) {
    this.#ring = new OctetRing(limits.maxOctets);
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
      const isKept = datagram.first >= this.#ring.horizon;
      const fits = isKept && (more ? stop <= datagram.total : stop === datagram.total);
      if (fits && this.#overlap(datagram, offset, stop, data, at) === stop - offset) return C.fragmentsRepeated;
      // The identification is in use again.
      this.#forget(datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      this.#makeRoom();
      datagram = new Datagram(key, segment.clock, this.#ring.head);
      this.#datagrams.set(key, datagram);
      this.#open.append(datagram);
    }
    if (datagram.verdict !== HELD) return datagram.verdict;
    datagram.frames++;
    if (!wanted) return this.#refuse(datagram, C.notTcp);
    const state = this.#join(datagram, offset, stop, more, data, at);
    if (state !== HELD) return this.#refuse(datagram, state);
    if (offset === 0 || datagram.frames === 1) datagram.protocol = protocol;
    if (datagram.octets === datagram.total) return this.#complete(datagram, segment.clock);
    return HELD;
  }

  /** `HELD`, or why the datagram is to be refused. */
  #join(datagram: Datagram, offset: number, stop: number, more: boolean, data: Buffer, at: number): number {
    const { total, pieces } = datagram;
    const extent = pieces.length === 0 ? 0 : pieces[pieces.length - 1]!.end;
    if (more ? total >= 0 && stop > total : (total >= 0 && stop !== total) || extent > stop) {
      this.weird.note('fragment_size_inconsistency');
      return C.fragmentsConflicting;
    }
    const overlap = this.#overlap(datagram, offset, stop, data, at);
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
    return this.#fill(datagram, offset, stop, data, at) ? HELD : C.fragmentsOverLimit;
  }

  /** Octets of `[start, end)` that are here already; -1 when one of them has another value. */
  #overlap({ pieces }: Datagram, start: number, end: number, data: Buffer, at: number): number {
    let sum = 0;
    for (let i = firstBehind(pieces, start); i < pieces.length && pieces[i]!.start < end; i++) {
      const piece = pieces[i]!;
      const from = Math.max(start, piece.start);
      const to = Math.min(end, piece.end);
      const position = piece.position + from - piece.start;
      if (!this.#ring.equals(position, data, at + from - start, at + to - start)) return -1;
      sum += to - from;
    }
    return sum;
  }

  /** Keeps what of `[start, end)` is not here yet; false when there is no room without what is. */
  #fill(datagram: Datagram, start: number, end: number, data: Buffer, at: number): boolean {
    const { pieces } = datagram;
    let i = firstBehind(pieces, start);
    let from = start;
    while (from < end) {
      const next = pieces[i];
      if (next !== undefined && next.start <= from) {
        from = next.end;
        i++;
        continue;
      }
      const to = next === undefined ? end : Math.min(end, next.start);
      const horizon = this.#ring.horizonAfter(to - from);
      if (horizon > datagram.first) {
        this.weird.note('fragment_limit');
        return false;
      }
      // Those that began earlier lie earlier.
      while (this.#open.oldest!.first < horizon) this.#evict(this.#open.oldest!);
      const position = this.#ring.store(data, at + from - start, at + to - start);
      pieces.splice(i++, 0, { start: from, end: to, position });
      datagram.octets += to - from;
      from = to;
    }
    return true;
  }

  #complete(datagram: Datagram, clock: number): number {
    for (const { start, end, position } of datagram.pieces)
      this.#ring.copy(position, end - start, this.datagram, start);
    this.length = datagram.total;
    this.protocol = datagram.protocol;
    // The fragment at hand ends in what the datagram turns out to be.
    this.ledger.counts[C.fragmentsJoined]! += datagram.frames - 1;
    datagram.frames = 0;
    this.#open.remove(datagram);
    datagram.since = clock;
    this.#whole.append(datagram);
    return WHOLE;
  }

  /** Counts what was held, and this fragment by the caller; the rest of the datagram will end alike. */
  #refuse(datagram: Datagram, verdict: number): number {
    this.ledger.counts[verdict]! += datagram.frames - 1;
    datagram.pieces = [];
    datagram.frames = 0;
    datagram.verdict = verdict;
    return verdict;
  }

  #forget(datagram: Datagram): void {
    (datagram.list === OPEN ? this.#open : this.#whole).remove(datagram);
    this.#datagrams.delete(datagram.key);
  }

  /** Lets one more datagram in. */
  #makeRoom(): void {
    while (this.size >= this.limits.maxDatagrams) {
      const known = this.#whole.oldest;
      if (known !== null) this.#forget(known);
      else this.#evict(this.#open.oldest!);
    }
  }

  #evict(datagram: Datagram): void {
    this.#forget(datagram);
    if (datagram.frames > 0) this.weird.note('fragment_limit');
    this.ledger.counts[C.fragmentsOverLimit]! += datagram.frames;
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
  return String.fromCharCode(
    version === 4 ? protocol : 0xffff,
    id >>> 16,
    id & 0xffff,
    s.vlan & 0xffff,
    s.tunnel,
    s.tunnelId >>> 16,
    s.tunnelId & 0xffff,
    s.source0 >>> 16,
    s.source0 & 0xffff,
    s.source1 >>> 16,
    s.source1 & 0xffff,
    s.source2 >>> 16,
    s.source2 & 0xffff,
    s.source3 >>> 16,
    s.source3 & 0xffff,
    s.destination0 >>> 16,
    s.destination0 & 0xffff,
    s.destination1 >>> 16,
    s.destination1 & 0xffff,
    s.destination2 >>> 16,
    s.destination2 & 0xffff,
    s.destination3 >>> 16,
    s.destination3 & 0xffff,
  );
}
