/**
 * One direction of a TCP connection: octets in order, each once, with named gaps (RFC 9293 §3.4, §3.10).
 *
 * Octets in sequence go straight through without a copy. What comes early is copied and held until the hole before it
 * is filled, or is called a gap. Overlap policy: the octets seen first win.
 */
import { C, type Ledger } from '../ledger.ts';
import { Hold, type Overlaps } from './hold.ts';

/** Where a stream's octets go. `start` and `end` bound the octets in `data`, valid during the call. */
export interface StreamSink {
  streamData(stream: Stream, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void;
  streamGap(stream: Stream, length: number): void;
  streamConflict(stream: Stream): void;
}

/** RFC 7323 §2.3: no window is larger, so what lies further ahead belongs to another life of the ports. */
const MAX_WINDOW = 1 << 30;

/** Octets in a row that an acknowledgement alone is believed about: one forged number must not invent a loss. */
const MAX_BELIEVED = 64 << 20;

/** Facts that are true or not, one bit each: there may be millions of streams. */
const STARTED = 1;
const SYN_SEEN = 2;
const FIN_SEEN = 4;
const FINISHED = 8;
const ELSEWHERE = 16;
const SEEN = 32;
const SPOKE = 64;
const ACKNOWLEDGED = 128;
/** It is the direction opposite to that of the flow's first packet. */
const SECOND = 256;

/** Sequence numbers are kept signed: as such they take no memory of their own. Only their differences are looked at. */
export class Stream implements Overlaps {
  /** Next sequence number to deliver, signed. */
  expected = 0;
  /** Octets delivered or passed over as gaps. */
  offset = 0;
  /** Sequence number of the FIN, signed; meaningful when `finSeen`. */
  finSequence = 0;
  /** Where its first payload was seen (`Segment.tap`). */
  tap = 0;
  /** Sequence number the other side has acknowledged up to, signed; meaningful when `acknowledgedSeen`. */
  acknowledged = 0;
  #facts: number;
  /** Octets the other side has read and that we stopped waiting for. */
  #presumed = 0;
  /** Nearly every stream holds nothing. */
  #hold: Hold | null = null;

  constructor(
    /** 0: the direction of the flow's first packet; 1: the other. */
    direction: 0 | 1,
    private readonly sink: StreamSink,
    private readonly ledger: Ledger,
  ) {
    this.#facts = direction === 0 ? 0 : SECOND;
  }

  get direction(): 0 | 1 {
    return (this.#facts & SECOND) === 0 ? 0 : 1;
  }

  get started(): boolean {
    return (this.#facts & STARTED) !== 0;
  }

  get synSeen(): boolean {
    return (this.#facts & SYN_SEEN) !== 0;
  }

  noteSyn(): void {
    this.#facts |= SYN_SEEN;
  }

  get finSeen(): boolean {
    return (this.#facts & FIN_SEEN) !== 0;
  }

  /** The FIN has the number `sequence`. */
  noteFin(sequence: number): void {
    this.#facts |= FIN_SEEN;
    this.finSequence = sequence | 0;
  }

  /** The FIN was reached: nothing more can come. */
  get finished(): boolean {
    return (this.#facts & FINISHED) !== 0;
  }

  noteFinished(): void {
    this.#facts |= FINISHED;
  }

  /** Any packet was captured from this side. */
  get seen(): boolean {
    return (this.#facts & SEEN) !== 0;
  }

  noteSeen(): void {
    this.#facts |= SEEN;
  }

  /** Payload was captured from this side at all. */
  get spoke(): boolean {
    return (this.#facts & SPOKE) !== 0;
  }

  /** Payload is at hand that was seen at `tap`. */
  notePayload(tap: number): void {
    if ((this.#facts & SPOKE) === 0) this.tap = tap;
    this.#facts = (this.#facts & ~ELSEWHERE) | SPOKE | (tap === this.tap ? 0 : ELSEWHERE);
  }

  get acknowledgedSeen(): boolean {
    return (this.#facts & ACKNOWLEDGED) !== 0;
  }

  /** Octets held, and what holding their pieces takes. */
  get heldBytes(): number {
    return this.#hold === null ? 0 : this.#hold.bytes;
  }

  /** Clock when the present hole was first noticed. */
  get holeSince(): number {
    return this.#hold === null ? 0 : this.#hold.since;
  }

  /** The first octet will be `sequence`; once more when what began the stream was none of this connection. */
  start(sequence: number): void {
    this.#facts = (this.#facts & ~(FIN_SEEN | FINISHED)) | STARTED;
    this.expected = sequence | 0;
    const hold = this.#hold;
    if (hold === null) return;
    // What is held may lie behind a new beginning: it will never be in sequence.
    this.ledger.counts[C.outOfWindowBytes]! += hold.dropBeyond(this.expected, MAX_WINDOW);
    this.#letGo(hold);
  }

  get holding(): boolean {
    return this.#hold !== null;
  }

  #letGo(hold: Hold): void {
    if (hold.isEmpty) this.#hold = null;
  }

  noteAcknowledgement(acknowledgement: number): void {
    if (!this.acknowledgedSeen || ((acknowledgement - this.acknowledged) | 0) > 0) {
      this.acknowledged = acknowledgement | 0;
      this.#facts |= ACKNOWLEDGED;
    }
  }

  /** The stream offset an acknowledgement number of the other side stands for; the FIN's own number is no octet. */
  offsetOf(acknowledgement: number): number {
    const offset = this.offset + ((acknowledgement - this.expected) | 0);
    return this.finSeen && ((acknowledgement - this.finSequence) | 0) === 1 ? offset - 1 : offset;
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
      else this.repeated(old);
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
    if (ahead === 0 && ready && this.#hold === null) {
      this.#deliver(data, start, end, cut, ts, peerOffset);
      return 0;
    }
    const hold = (this.#hold ??= new Hold(clock));
    const before = hold.bytes;
    hold.insert(sequence | 0, data, start, end, cut, ts, peerOffset, this);
    // Of a segment cut behind its header there is nothing to hold.
    this.#letGo(hold);
    return hold.bytes - before;
  }

  /** The same octets again: sent again, or seen at another place of the network. */
  repeated(octets: number): void {
    const { counts } = this.ledger;
    if ((this.#facts & ELSEWHERE) === 0) counts[C.retransmittedBytes]! += octets;
    else if (octets > 0) {
      counts[C.doubledBytes]! += octets;
      counts[C.segmentsDoubled]!++;
    }
  }

  /** Other octets than those that are held. */
  conflicting(octets: number): void {
    this.ledger.counts[C.conflictingBytes]! += octets;
    this.sink.streamConflict(this);
  }

  /** Delivers what is held and has come in sequence, as far as the other direction got `peerReady` octets. */
  advance(peerReady: number, clock: number): void {
    for (;;) {
      const hold = this.#hold;
      if (hold === null) return;
      const { first } = hold;
      if (first.sequence !== this.expected || first.peerOffset > peerReady) return;
      hold.since = clock;
      hold.shift();
      this.#letGo(hold);
      this.#deliver(first.bytes, 0, first.bytes.length, first.cut, first.ts, first.peerOffset);
    }
  }

  /**
   * Delivers held octets that are in sequence up to the offset `until`, whatever they answer to: each side's held octets
   * answer to the other's, which happens when one of them is a repetition that carries a newer acknowledgement.
   */
  release(until: number, peerReady: number): void {
    const hold = this.#hold!;
    const { first } = hold;
    const { bytes } = first;
    const length = Math.min(bytes.length, until - this.offset);
    const all = length === bytes.length;
    hold.trim(length);
    this.#letGo(hold);
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
    return this.#hold?.first.peerOffset ?? 0;
  }

  /** Whether octets are missing before what is held (rather than the other direction being late). */
  get missing(): boolean {
    return this.#hold !== null && this.#hold.first.sequence !== this.expected;
  }

  /** Whether the receiver has the missing octets: then only the mirror lost them. */
  get missingAcknowledged(): boolean {
    return this.acknowledgedSeen && ((this.acknowledged - this.#hold!.first.sequence) | 0) >= 0;
  }

  /** Calls the hole before what is held a gap; drops what a new beginning of the stream has left behind. */
  passOver(): void {
    const hold = this.#hold;
    if (hold === null) return;
    const { first } = hold;
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
    hold.trim(old);
    this.#letGo(hold);
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
    this.expected = (this.expected + length) | 0;
    this.offset += length;
    if (length > 0) {
      this.ledger.counts[C.streamBytes]! += length;
      this.sink.streamData(this, data, start, end, ts, peerOffset);
    }
    if (this.#hold !== null) cut = Math.min(cut, (this.#hold.first.sequence - this.expected) | 0);
    if (cut > 0) this.#gap(cut);
  }

  #gap(length: number): void {
    this.expected = (this.expected + length) | 0;
    this.offset += length;
    this.ledger.counts[C.gaps]!++;
    this.ledger.counts[C.gapBytes]! += length;
    this.sink.streamGap(this, length);
  }
}
