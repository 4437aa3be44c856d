/**
 * Calls of several sensors on their way to judging: what came before is passed over, the rest is put into one order, and
 * how far each partition and each stream was judged is known at any time.
 *
 * A sensor numbers its calls within stream and partition, and the same stream has the same numbers whenever it is read:
 * so a number that was judged is never judged again, whoever sends it twice (an outbox, a broker, a sensor that reads its
 * file anew, an analyzer that goes on from what was kept), and a number that is missing is known to be lost.
 *
 * Bound: streams that go on, `MOST_WAITING` calls that wait, `MOST_ENDED` names of streams that ended; the oldest of
 * those are forgotten first, and would then be judged again if they came again.
 */
import { type JudgedCall, Merge, type PackedCall, packedCalls } from '../../analyzer/analyzer.ts';
import type { CallsRecord } from '../../storage/bus/calls.ts';
import type { DueCall } from './keeping.ts';
import { Stream, type StreamState } from './stream.ts';

export const MOST_WAITING = 200_000;
const MOST_ENDED = 10_000;
/** How long a stream that goes on may say nothing before the others no longer wait for it, ms. */
const AWAY_MS = 60_000;

/** As it is kept with judge's memory. */
export interface StreamsState {
  /** Offset to go on from, by partition. */
  readonly positions: readonly (readonly [partition: number, offset: number])[];
  readonly streams: readonly StreamState[];
  /** Ids of streams that have ended and were judged. */
  readonly ended: readonly string[];
}

/** A record that came, until all of its calls were judged. */
interface Taken {
  readonly offset: number;
  pending: number;
  readonly acknowledge: () => void;
}

/** A call that waits for its turn. */
class WaitingCall implements DueCall {
  constructor(
    private readonly packed: PackedCall,
    readonly stream: Stream,
    private readonly partition: number,
    private readonly number: number,
    private readonly record: Taken,
  ) {}

  get completedTs(): number {
    return this.packed.completedTs;
  }

  get uid(): string {
    return this.packed.uid;
  }

  unpack(): JudgedCall {
    return this.packed.unpack();
  }

  applied(): void {
    this.stream.applied(this.partition, this.number);
    this.record.pending--;
  }
}

export class Streams {
  /** Calls that came before. */
  repeated = 0;
  /** Calls that were published and never came. */
  lost = 0;
  readonly #merge: Merge<WaitingCall>;
  readonly #streams = new Map<string, Stream>();
  readonly #ended: Set<string>;
  /** Records of each partition that are not acknowledged, in their order. */
  readonly #taken: Taken[][];
  readonly #positions: number[];
  /** Numbers that Merge knows no stream by. */
  readonly #free: number[] = [];
  #slots = 0;

  constructor(
    private readonly partitions: number,
    private readonly maxLag: number,
    now: number,
    restored: StreamsState | null,
  ) {
    this.#merge = new Merge(0, MOST_WAITING);
    this.#taken = Array.from({ length: partitions }, () => []);
    this.#positions = new Array<number>(partitions).fill(0);
    for (const [partition, offset] of restored?.positions ?? []) this.#positions[partition] = offset;
    this.#ended = new Set(restored?.ended ?? []);
    for (const state of restored?.streams ?? []) this.#open(Stream.restore(state, this.#slot(), now));
  }

  /** The stream was judged to its end: nothing of it is new. */
  isEnded(stream: string): boolean {
    return this.#ended.has(stream);
  }

  /** Offsets to go on from. */
  get positions(): ReadonlyMap<number, number> {
    return new Map(this.#positions.entries());
  }

  get waiting(): number {
    return this.#merge.waiting;
  }

  /** Packet time that every stream has come to. */
  get due(): number {
    return this.#merge.due;
  }

  /** Some stream goes on by itself. */
  get hasLive(): boolean {
    for (const { isLive } of this.#streams.values()) if (isLive) return true;
    return false;
  }

  /** Whether what comes next in the partition only adds to what waits for others. */
  isAhead(partition: number): boolean {
    const { due } = this;
    let least = Number.POSITIVE_INFINITY;
    for (const stream of this.#streams.values()) least = Math.min(least, stream.watermark(partition));
    return least > due;
  }

  /** What of a record was not judged before, before it is taken. */
  fresh(record: CallsRecord, partition: number): PackedCall[] {
    if (record.calls === null || this.#ended.has(record.stream)) return [];
    const known = this.#streams.get(record.stream)?.received(partition) ?? 0;
    return packedCalls(record.calls).slice(Math.max(0, known - record.first));
  }

  /** Takes a record; answers the calls whose turn has come. */
  take(partition: number, offset: number, record: CallsRecord, now: number, acknowledge: () => void): DueCall[] {
    const taken: Taken = { offset, pending: 0, acknowledge };
    this.#taken[partition]!.push(taken);
    if (this.#ended.has(record.stream)) {
      this.repeated += record.calls?.size ?? 0;
      return [];
    }
    const stream =
      this.#streams.get(record.stream) ?? this.#open(new Stream(record, this.partitions, this.#slot(), now));
    const calls = record.calls === null ? [] : packedCalls(record.calls);
    const items: WaitingCall[] = [];
    const missing = record.first - stream.received(partition);
    if (missing > 0) {
      this.lost += missing;
      for (let number = stream.received(partition); number < record.first; number++) stream.applied(partition, number);
    }
    for (let i = 0; i < calls.length; i++) {
      const number = record.first + i;
      if (number < stream.received(partition) || stream.isApplied(partition, number)) {
        this.repeated++;
        continue;
      }
      stream.span(calls[i]!.completedTs);
      items.push(new WaitingCall(calls[i]!, stream, partition, number, taken));
    }
    taken.pending = items.length;
    stream.take(partition, record, now);
    this.#merge.maxLag = this.hasLive ? this.maxLag : Number.POSITIVE_INFINITY;
    return this.#merge.push(stream.slots + partition, items, stream.watermark(partition));
  }

  /** Numbers of Merge's sources for a stream: one a partition. */
  #slot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#slots += this.partitions;
    return this.#slots - this.partitions;
  }

  #open(stream: Stream): Stream {
    this.#streams.set(stream.source, stream);
    this.#tellAll(stream);
    return stream;
  }

  /** What Merge knows of every partition of a stream. */
  #tellAll(stream: Stream): WaitingCall[] {
    let due: WaitingCall[] = [];
    for (let partition = 0; partition < this.partitions; partition++) {
      const some = this.#merge.push(stream.slots + partition, [], stream.watermark(partition));
      if (some.length > 0) due = due.concat(some);
    }
    return due;
  }

  /** No longer waits for streams that have said nothing for long; answers what is due without them. */
  passOver(now: number): { readonly due: DueCall[]; readonly away: readonly string[] } {
    let due: DueCall[] = [];
    const away: string[] = [];
    for (const stream of this.#streams.values()) {
      if (!stream.passOver(now - AWAY_MS)) continue;
      away.push(stream.sensor);
      due = due.concat(this.#tellAll(stream));
    }
    return { due, away };
  }

  /** Streams that have ended and were judged to their end: they are known from here on. */
  finish(): Stream[] {
    const finished = [...this.#streams.values()].filter((stream) => stream.isOver);
    for (const stream of finished) {
      this.#streams.delete(stream.source);
      this.#free.push(stream.slots);
      this.#ended.add(stream.source);
    }
    while (this.#ended.size > MOST_ENDED) this.#ended.delete(this.#ended.values().next().value!);
    return finished;
  }

  get active(): Iterable<Stream> {
    return this.#streams.values();
  }

  /** As it is now, and what may be acknowledged once that is stored. */
  keep(): { readonly state: StreamsState; readonly acknowledge: () => void } {
    const done: Taken[] = [];
    for (const [partition, queue] of this.#taken.entries()) {
      let count = 0;
      while (count < queue.length && queue[count]!.pending === 0) count++;
      if (count === 0) continue;
      this.#positions[partition] = queue[count - 1]!.offset + 1;
      done.push(...queue.splice(0, count));
    }
    const { due } = this;
    return {
      state: {
        positions: [...this.#positions.entries()],
        streams: [...this.#streams.values()].map((stream) => stream.state(due)),
        ended: [...this.#ended],
      },
      acknowledge: () => {
        for (const { acknowledge } of done) acknowledge();
      },
    };
  }
}
