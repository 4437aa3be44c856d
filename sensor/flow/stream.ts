/**
 * One direction of a TCP connection: octets in order, each once, with named gaps (RFC 9293 §3.4, §3.10).
 *
 * Octets in sequence go straight through without a copy. What comes early is copied and held until the hole before it
 * is filled, or is called a gap. Overlap policy: the octets seen first win.
 */
import { C, type Ledger } from '../ledger.ts';

/** Early octets. */
interface Held {
  /** Sequence number of the first octet. */
  sequence: number;
  bytes: Buffer;
  /** Octets after `bytes` that were on the wire but cut from the capture. */
  cut: number;
  ts: number;
  /** Octets of the other direction its sender had received; -1 when unknown. */
  peerOffset: number;
}

/** Where a stream's octets go. `start` and `end` bound the octets in `data`, valid during the call. */
export interface StreamSink {
  streamData(stream: Stream, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void;
  streamGap(stream: Stream, length: number): void;
  streamConflict(stream: Stream): void;
}

/** What an early piece takes beside its octets: many small ones are bounded as few large ones are. */
const PIECE_BYTES = 256;

/** RFC 7323 §2.3: no window is larger, so what lies further ahead belongs to another life of the ports. */
const MAX_WINDOW = 1 << 30;

/** Octets in a row that an acknowledgement alone is believed about: one forged number must not invent a loss. */
const MAX_BELIEVED = 64 << 20;

/** What nearly every stream holds: one for all of them. */
const nothing = Object.freeze([]) as unknown as Held[];

export class Stream {
  started = false;
  synSeen = false;
  /** Next sequence number to deliver, unsigned. */
  expected = 0;
  /** Octets delivered or passed over as gaps. */
  offset = 0;
  /** Sequence number of the FIN; meaningful when `finSeen`. */
  finSequence = 0;
  finSeen = false;
  /** The FIN was reached: nothing more can come. */
  finished = false;
  /** Where its first payload was seen (`Segment.tap`), and whether the octets at hand were seen elsewhere. */
  tap = 0;
  isElsewhere = false;
  /** Any packet was captured from this side. */
  seen = false;
  /** Payload was captured from this side at all. */
  spoke = false;
  /** Sequence number the other side has acknowledged up to; meaningful when `acknowledgedSeen`. */
  acknowledged = 0;
  acknowledgedSeen = false;
  /** Clock when the present hole was first noticed. */
  holeSince = 0;
  /** Octets held, and what holding their pieces takes. */
  heldBytes = 0;
  /** Octets the other side has read and that we stopped waiting for. */
  #presumed = 0;
  #held = nothing;

  constructor(
    /** 0: the direction of the flow's first packet; 1: the other. */
    readonly direction: 0 | 1,
    private readonly sink: StreamSink,
    private readonly ledger: Ledger,
  ) {}

  /** The first octet will be `sequence`; once more when what began the stream was none of this connection. */
  start(sequence: number): void {
    this.started = true;
    this.expected = sequence;
    this.finSeen = this.finished = false;
    if (this.#held.length > 0) this.#dropOutOfWindow();
  }

  /** What is held may lie behind a new beginning: it will never be in sequence. */
  #dropOutOfWindow(): void {
    const inWindow = (ahead: number): boolean => ahead >= 0 && ahead < MAX_WINDOW;
    for (const { sequence, bytes } of this.#held) {
      if (inWindow((sequence - this.expected) | 0)) continue;
      this.ledger.counts[C.outOfWindowBytes]! += bytes.length;
      this.heldBytes -= bytes.length + PIECE_BYTES;
    }
    this.#held = this.#held.filter(({ sequence }) => inWindow((sequence - this.expected) | 0));
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }

  noteAcknowledgement(acknowledgement: number): void {
    if (!this.acknowledgedSeen || ((acknowledgement - this.acknowledged) | 0) > 0) {
      this.acknowledged = acknowledgement;
      this.acknowledgedSeen = true;
    }
  }

  /** The stream offset an acknowledgement number of the other side stands for; the FIN's own number is no octet. */
  offsetOf(acknowledgement: number): number {
    const offset = this.offset + ((acknowledgement - this.expected) | 0);
    return this.finSeen && acknowledgement === (this.finSequence + 1) >>> 0 ? offset - 1 : offset;
  }

  /**
   * Takes the payload `data[start, end)`, which begins at `sequence`, followed by `cut` octets that were not captured.
   * `ready` says whether it may be delivered now as far as the other direction is concerned.
   * Returns the octets added to what is held.
   */
  receive(
    sequence: number,
    data: Buffer,
    start: number,
    end: number,
    cut: number,
    ts: number,
    clock: number,
    peerOffset: number,
    ready: boolean,
  ): number {
    const counts = this.ledger.counts;
    let ahead = (sequence - this.expected) | 0;
    if (ahead < 0) {
      const old = Math.min(-ahead, end - start);
      // RFC 9293 §3.8.4: a keep-alive probe repeats the octet before the next one, or an invented one.
      if (ahead === -1 && end - start <= 1 && cut === 0) counts[C.keepAliveBytes]! += old;
      else this.#repeated(old);
      if (-ahead >= end - start + cut) return 0;
      // The old part may reach into what was cut.
      const oldCut = -ahead - old;
      cut -= oldCut;
      start += old;
      sequence = this.expected;
      ahead = 0;
    }
    if (this.finished) {
      counts[C.afterCloseBytes]! += end - start;
      return 0;
    }
    if (ahead >= MAX_WINDOW) {
      counts[C.outOfWindowBytes]! += end - start;
      return 0;
    }
    if (ahead === 0 && ready && this.#held.length === 0) {
      this.#deliver(data, start, end, cut, ts, peerOffset);
      return 0;
    }
    if (this.#held.length === 0) this.holeSince = clock;
    const before = this.heldBytes;
    this.#hold(sequence, data, start, end, cut, ts, peerOffset);
    return this.heldBytes - before;
  }

  /** The same octets again: sent again, or seen at another place of the network. */
  #repeated(octets: number): void {
    const { counts } = this.ledger;
    if (!this.isElsewhere) counts[C.retransmittedBytes]! += octets;
    else if (octets > 0) {
      counts[C.doubledBytes]! += octets;
      counts[C.segmentsDoubled]!++;
    }
  }

  /** Delivers what is held and has come in sequence, as far as the other direction got `peerReady` octets. */
  advance(peerReady: number, clock: number): void {
    for (;;) {
      const first = this.#held[0];
      if (first === undefined || first.sequence !== this.expected || first.peerOffset > peerReady) return;
      this.#held.shift();
      this.heldBytes -= first.bytes.length + PIECE_BYTES;
      this.holeSince = clock;
      this.#deliver(first.bytes, 0, first.bytes.length, first.cut, first.ts, first.peerOffset);
    }
  }

  /**
   * Delivers held octets that are in sequence up to the offset `until`, whatever they answer to: each side's held octets
   * answer to the other's, which happens when one of them is a repetition that carries a newer acknowledgement.
   */
  release(until: number, peerReady: number): void {
    const first = this.#held[0]!;
    const length = Math.min(first.bytes.length, until - this.offset);
    const { bytes } = first;
    this.heldBytes -= length;
    first.bytes = bytes.subarray(length);
    first.sequence = (first.sequence + length) >>> 0;
    const all = first.bytes.length === 0;
    if (all) {
      this.#held.shift();
      this.heldBytes -= PIECE_BYTES;
    }
    this.#deliver(bytes, 0, length, all ? first.cut : 0, first.ts, Math.min(first.peerOffset, peerReady));
  }

  /** Octets of this direction that may be taken as sent when the other direction refers to them. */
  get ready(): number {
    return Math.max(this.offset, this.#presumed);
  }

  presume(offset: number): void {
    this.#presumed = Math.max(this.#presumed, offset);
  }

  /** The offset of the other direction that the first held octets answer to. */
  get awaited(): number {
    return this.#held[0]?.peerOffset ?? 0;
  }

  /** Whether octets are missing before what is held (rather than the other direction being late). */
  get missing(): boolean {
    return this.#held.length > 0 && this.#held[0]!.sequence !== this.expected;
  }

  /** Whether the receiver has the missing octets: then only the mirror lost them. */
  get missingAcknowledged(): boolean {
    return this.acknowledgedSeen && ((this.acknowledged - this.#held[0]!.sequence) | 0) >= 0;
  }

  /** Calls the hole before what is held a gap; drops what a new beginning of the stream has left behind. */
  passOver(): void {
    const first = this.#held[0];
    if (first === undefined) return;
    const ahead = (first.sequence - this.expected) | 0;
    if (ahead > 0) {
      // The receiver has it, so the wire carried it: the mirror lost it.
      if (this.acknowledgedSeen) {
        const known = (this.acknowledged - this.expected) | 0;
        this.ledger.counts[C.wireLossBytes]! += Math.max(0, Math.min(ahead, known));
      }
      this.#gap(ahead);
      return;
    }
    const old = Math.min(-ahead, first.bytes.length);
    this.ledger.counts[C.retransmittedBytes]! += old;
    this.heldBytes -= old;
    first.bytes = first.bytes.subarray(old);
    first.sequence = (first.sequence + old) >>> 0;
    if (first.bytes.length === 0) this.#held.shift();
  }

  /** The stream is over: what its receiver acknowledged behind the last octet seen was lost on the way to us. */
  noteUnseen(): void {
    if (!this.seen || !this.started || !this.acknowledgedSeen) return;
    const behind = this.offsetOf(this.acknowledged) - this.offset;
    // Of a FIN that was not seen the number is acknowledged too; what is further ahead is a forged or foreign number.
    const lost = this.finSeen ? behind : behind - 1;
    if (lost > 0 && lost <= MAX_BELIEVED) this.ledger.counts[C.wireLossBytes]! += lost;
  }

  #deliver(data: Buffer, start: number, end: number, cut: number, ts: number, peerOffset: number): void {
    const length = end - start;
    this.expected = (this.expected + length) >>> 0;
    this.offset += length;
    if (length > 0) {
      this.ledger.counts[C.streamBytes]! += length;
      this.sink.streamData(this, data, start, end, ts, peerOffset);
    }
    const next = this.#held[0];
    if (next !== undefined) cut = Math.min(cut, (next.sequence - this.expected) | 0);
    if (cut > 0) this.#gap(cut);
  }

  #gap(length: number): void {
    this.expected = (this.expected + length) >>> 0;
    this.offset += length;
    this.ledger.counts[C.gaps]!++;
    this.ledger.counts[C.gapBytes]! += length;
    this.sink.streamGap(this, length);
  }

  /** Inserts what no held piece covers yet; compares what one does. */
  #hold(sequence: number, data: Buffer, start: number, end: number, cut: number, ts: number, peerOffset: number): void {
    const counts = this.ledger.counts;
    if (this.#held === nothing) this.#held = [];
    // Nearly always what comes belongs at the end.
    let index = this.#held.length;
    while (index > 0 && ((endOf(this.#held[index - 1]!) - sequence) | 0) > 0) index--;
    while (start < end) {
      const next = this.#held[index];
      const untilNext = next === undefined ? Number.POSITIVE_INFINITY : (next.sequence - sequence) | 0;
      if (untilNext > 0) {
        const length = Math.min(untilNext, end - start);
        const last = start + length === end;
        const bytes = Buffer.from(data.subarray(start, start + length));
        this.#held.splice(index, 0, { sequence, bytes, cut: last ? cut : 0, ts, peerOffset });
        this.heldBytes += length + PIECE_BYTES;
        index++;
        sequence = (sequence + length) >>> 0;
        start += length;
        continue;
      }
      const within = -untilNext;
      const overlap = Math.min(next!.bytes.length - within, end - start);
      if (overlap > 0) {
        if (next!.bytes.compare(data, start, start + overlap, within, within + overlap) === 0) {
          this.#repeated(overlap);
        } else {
          counts[C.conflictingBytes]! += overlap;
          this.sink.streamConflict(this);
        }
        sequence = (sequence + overlap) >>> 0;
        start += overlap;
      }
      index++;
    }
  }
}

function endOf(held: Held): number {
  return held.sequence + held.bytes.length;
}
