/** Early octets of a stream, in order of their sequence numbers, each once. What was seen first wins. */

/** Early octets that came together. */
export interface Held {
  /** Sequence number of the first octet, signed. */
  sequence: number;
  bytes: Buffer;
  /** Octets after `bytes` that were on the wire but cut from the capture. */
  cut: number;
  ts: number;
  /** Octets of the other direction its sender had received; -1 when unknown. */
  peerOffset: number;
}

/** Is told of octets that were held already. */
export interface Overlaps {
  repeated(octets: number): void;
  conflicting(octets: number): void;
}

/** What an early piece takes beside its octets: many small ones are bounded as few large ones are. */
const PIECE_BYTES = 256;

export class Hold {
  readonly pieces: Held[] = [];
  /** Octets held, and what holding their pieces takes. */
  bytes = 0;

  constructor(
    /** Clock when the present hole was first noticed. */
    public since: number,
  ) {}

  get first(): Held {
    return this.pieces[0]!;
  }

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  shift(): void {
    const { bytes } = this.pieces.shift()!;
    this.bytes -= bytes.length + PIECE_BYTES;
  }

  /** The first piece loses its first octets; without octets left it goes. */
  trim(octets: number): void {
    const { first } = this;
    if (octets >= first.bytes.length) {
      this.shift();
      return;
    }
    first.bytes = first.bytes.subarray(octets);
    first.sequence = (first.sequence + octets) | 0;
    this.bytes -= octets;
  }

  /** Pieces that do not lie ahead of `expected`, or by `most` octets and more, go. Returns their octets. */
  dropBeyond(expected: number, most: number): number {
    let kept = 0;
    let dropped = 0;
    for (const piece of this.pieces) {
      const ahead = (piece.sequence - expected) | 0;
      if (ahead >= 0 && ahead < most) {
        this.pieces[kept++] = piece;
        continue;
      }
      dropped += piece.bytes.length;
      this.bytes -= piece.bytes.length + PIECE_BYTES;
    }
    this.pieces.length = kept;
    return dropped;
  }

  /** Inserts what no held piece covers yet; compares what one does. `sequence` is signed. */
  insert(
    sequence: number,
    data: Buffer,
    start: number,
    end: number,
    cut: number,
    ts: number,
    peerOffset: number,
    overlaps: Overlaps,
  ): void {
    const { pieces } = this;
    // Nearly always what comes belongs at the end.
    let index = pieces.length;
    while (index > 0 && ((endOf(pieces[index - 1]!) - sequence) | 0) > 0) index--;
    while (start < end) {
      const next = pieces[index];
      const untilNext = next === undefined ? Number.POSITIVE_INFINITY : (next.sequence - sequence) | 0;
      if (untilNext > 0) {
        const length = Math.min(untilNext, end - start);
        const last = start + length === end;
        const bytes = Buffer.from(data.subarray(start, start + length));
        pieces.splice(index, 0, { sequence, bytes, cut: last ? cut : 0, ts, peerOffset });
        this.bytes += length + PIECE_BYTES;
        index++;
        sequence = (sequence + length) | 0;
        start += length;
        continue;
      }
      const within = -untilNext;
      const overlap = Math.min(next!.bytes.length - within, end - start);
      if (overlap > 0) {
        if (next!.bytes.compare(data, start, start + overlap, within, within + overlap) === 0) {
          overlaps.repeated(overlap);
        } else {
          overlaps.conflicting(overlap);
        }
        sequence = (sequence + overlap) | 0;
        start += overlap;
      }
      index++;
    }
  }
}

function endOf(held: Held): number {
  return held.sequence + held.bytes.length;
}
