/**
 * Segments from the capture thread to one shard: a single-producer single-consumer ring in shared memory. The payload
 * is copied once, into the ring; the shard parses it in place.
 *
 * The ring is the bound: a full ring stops the producer (files wait; a live port counts its drops in the kernel). The
 * producer's clock is published beside the head, so that a shard that got no packets still knows how late it is.
 */
import { Segment } from './segment.ts';

/** Octets of a record before its payload; records are aligned to 8. */
const HEADER = 96;
/** A record's second word when the rest of the ring is left unused; else the octets between header and payload. */
const WRAP = -1;

/** Words of the control block, each on its own cache line. */
const HEAD = 0;
const TAIL = 16;
const ENDED = 32;
const CLOCK = 24; // as a 64-bit integer: words 48 and 49
/** Which of two marks stands, then the marks: a tail and the segments taken up to it, of one moment both. */
const MARKS = 64;
const CONTROL_BYTES = 320;

const READ_WAIT_MS = 200;

export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
}

/** `bytes` is rounded up to a power of two, at least 1 MiB. */
export function createRing(bytes: number): RingMemory {
  const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1 << 20)));
  return { control: new SharedArrayBuffer(CONTROL_BYTES), records: new SharedArrayBuffer(size) };
}

abstract class RingEnd {
  protected readonly control: Int32Array;
  protected readonly clockCells: BigInt64Array;
  protected readonly words: Int32Array;
  protected readonly doubles: Float64Array;
  protected readonly bytes: Buffer;
  protected readonly size: number;
  protected readonly mask: number;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.clockCells = new BigInt64Array(memory.control);
    this.words = new Int32Array(memory.records);
    this.doubles = new Float64Array(memory.records);
    this.bytes = Buffer.from(memory.records);
    this.size = memory.records.byteLength;
    this.mask = this.size - 1;
  }
}

/** Positions are octet counts that wrap at 2^32; the ring's size divides that. */
export class RingWriter extends RingEnd {
  #head = 0;
  #published = 0;
  #tail = 0;

  /** Copies the segment in; payload beyond a quarter of the ring is left out, which reads as a cut frame. False when the ring is full: publish every ring, then `waitForSpace`. */
  write(segment: Segment): boolean {
    const captured = Math.min(segment.end - segment.start, this.size >> 2);
    // Into shared memory V8 copies octet by octet unless both sides are aligned alike: three times as long.
    const shift = (segment.data.byteOffset + segment.start) & 7;
    const length = (HEADER + shift + captured + 7) & ~7;
    let at = this.#head & this.mask;
    const toEnd = this.size - at;
    const needed = length > toEnd ? toEnd + length : length;
    if (this.#free() < needed) {
      this.#tail = Atomics.load(this.control, TAIL);
      if (this.#free() < needed) return false;
    }
    if (length > toEnd) {
      this.words[at >> 2] = toEnd;
      this.words[(at >> 2) + 1] = WRAP;
      this.#head = (this.#head + toEnd) | 0;
      at = 0;
    }
    const w = this.words;
    let i = at >> 2;
    w[i++] = length;
    w[i++] = shift;
    this.doubles[i >> 1] = segment.ts;
    this.doubles[(i >> 1) + 1] = segment.clock;
    i += 4;
    w[i++] = segment.source0;
    w[i++] = segment.source1;
    w[i++] = segment.source2;
    w[i++] = segment.source3;
    w[i++] = segment.destination0;
    w[i++] = segment.destination1;
    w[i++] = segment.destination2;
    w[i++] = segment.destination3;
    w[i++] = (segment.sourcePort << 16) | segment.destinationPort;
    w[i++] = segment.sequence;
    w[i++] = segment.acknowledgement;
    w[i++] = (segment.vlan << 16) | segment.flags;
    w[i++] = captured;
    w[i++] = segment.wireLength;
    w[i++] = segment.tunnel;
    w[i++] = segment.tunnelId;
    w[i] = segment.tap;
    if (captured > 0) segment.data.copy(this.bytes, at + HEADER + shift, segment.start, segment.start + captured);
    this.#head = (this.#head + length) | 0;
    return true;
  }

  #free(): number {
    return this.size - ((this.#head - this.#tail) | 0);
  }

  /** Share of the ring that is written and not given back, 0…1. */
  get fill(): number {
    this.#tail = Atomics.load(this.control, TAIL);
    return 1 - this.#free() / this.size;
  }

  /** Octets written since the last `publish`. */
  get unpublished(): number {
    return (this.#head - this.#published) | 0;
  }

  /** Shows the shard what was written. Every ring must be published before `announce` raises the clock. */
  publish(): void {
    if (this.#published === this.#head) return;
    this.#published = this.#head;
    Atomics.store(this.control, HEAD, this.#head);
    Atomics.notify(this.control, HEAD);
  }

  /** The shard may take `clock` as passed once it has read what is published. */
  announce(clock: number): void {
    Atomics.store(this.clockCells, CLOCK, BigInt(clock));
    Atomics.notify(this.control, HEAD);
  }

  /** Blocks the thread until the shard has read something, or `milliseconds` have passed. */
  waitForSpace(milliseconds: number): void {
    // `write` has just seen this tail; if it has moved since, there is space already.
    Atomics.wait(this.control, TAIL, this.#tail, milliseconds);
  }

  /** No more segments will come. */
  end(clock: number): void {
    this.publish();
    Atomics.store(this.clockCells, CLOCK, BigInt(clock));
    Atomics.store(this.control, ENDED, 1);
    Atomics.notify(this.control, HEAD);
  }
}

export class RingReader extends RingEnd {
  #head = 0;
  #tail = 0;
  /** Tail when the producer was last woken. */
  #notified = 0;
  #clock = 0;
  /** Segments taken from the ring since it was made, by whoever read it; modulo 2^32. */
  #taken = 0;

  /** The clock up to which everything has been read, once `next` has returned false. */
  get clock(): number {
    return this.#clock;
  }

  /**
   * Takes the place of a reader that died. It had taken `most` segments more than it gave back, at most: they are left,
   * for one of them may have been its end. Answers the segments that were written up to here since the ring was made,
   * modulo 2^32.
   */
  takeOver(most: number): number {
    const mark = this.#mark(Atomics.load(this.control, MARKS));
    this.#tail = Atomics.load(this.control, mark);
    this.#taken = Atomics.load(this.control, mark + 1);
    this.#head = Atomics.load(this.control, HEAD);
    const segment = new Segment();
    for (let left = most; left > 0 && this.next(segment); left--);
    this.release();
    return this.#taken >>> 0;
  }

  #mark(which: number): number {
    return MARKS + 1 + 2 * which;
  }

  /** Looks for what was published since; blocks the thread up to a fraction of a second if there is nothing. */
  refresh(): 'more' | 'idle' | 'ended' {
    // The order matters: the last clock is set before the end, and what precedes a clock is published before it.
    const ended = Atomics.load(this.control, ENDED) === 1;
    let clock = this.#announced();
    let head = Atomics.load(this.control, HEAD);
    if (head === this.#tail && !ended && clock === this.#clock) {
      Atomics.wait(this.control, HEAD, head, READ_WAIT_MS);
      clock = this.#announced();
      head = Atomics.load(this.control, HEAD);
    }
    this.#head = head;
    this.#clock = clock;
    if (head !== this.#tail) return 'more';
    return ended ? 'ended' : 'idle';
  }

  #announced(): number {
    return Number(Atomics.load(this.clockCells, CLOCK));
  }

  /** Fills `segment`, whose payload lies in the ring until the next `next` or `release`. False: `refresh`. */
  next(segment: Segment): boolean {
    if (this.#tail === this.#head) return false;
    let at = this.#tail & this.mask;
    let i = at >> 2;
    if (this.words[i + 1] === WRAP) {
      this.#tail = (this.#tail + this.words[i]!) | 0;
      at = 0;
      i = 0;
    }
    const w = this.words;
    const length = w[i++]!;
    const shift = w[i++]!;
    segment.ts = this.doubles[i >> 1]!;
    segment.clock = this.doubles[(i >> 1) + 1]!;
    i += 4;
    segment.source0 = w[i++]!;
    segment.source1 = w[i++]!;
    segment.source2 = w[i++]!;
    segment.source3 = w[i++]!;
    segment.destination0 = w[i++]!;
    segment.destination1 = w[i++]!;
    segment.destination2 = w[i++]!;
    segment.destination3 = w[i++]!;
    const ports = w[i++]!;
    segment.sourcePort = ports >>> 16;
    segment.destinationPort = ports & 0xffff;
    segment.sequence = w[i++]! >>> 0;
    segment.acknowledgement = w[i++]! >>> 0;
    const flags = w[i++]!;
    segment.vlan = flags >> 16;
    segment.flags = flags & 0xffff;
    segment.data = this.bytes;
    segment.start = at + HEADER + shift;
    segment.end = segment.start + w[i++]!;
    segment.wireLength = w[i++]!;
    segment.tunnel = w[i++]!;
    segment.tunnelId = w[i++]!;
    segment.tap = w[i]!;
    this.#tail = (this.#tail + length) | 0;
    this.#taken = (this.#taken + 1) | 0;
    return true;
  }

  /**
   * Gives everything read so far back to the producer. Call when nothing points into the ring any more. A producer that
   * waits is woken once a quarter of the ring is free: each wake is a switch of threads.
   */
  release(): void {
    // Whoever takes over after this thread's end needs both numbers of one moment.
    const which = 1 - Atomics.load(this.control, MARKS);
    const mark = this.#mark(which);
    Atomics.store(this.control, mark, this.#tail);
    Atomics.store(this.control, mark + 1, this.#taken);
    Atomics.store(this.control, MARKS, which);
    Atomics.store(this.control, TAIL, this.#tail);
    if (this.#tail !== this.#head && ((this.#tail - this.#notified) | 0) < this.size >> 2) return;
    this.#notified = this.#tail;
    Atomics.notify(this.control, TAIL);
  }
}
