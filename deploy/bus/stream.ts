/** One stream of one sensor: how far it has come, and been judged, in every partition. */
import type { ApiCall } from '../../analyzer/analyzer.ts';
import type { CallsRecord } from '../../storage/bus/calls.ts';
import type { DueStream } from './keeping.ts';

interface LaneState {
  /** Calls that were judged, without a gap. */
  readonly judged: number;
  /** Judged before others that came before them. */
  readonly beyond: readonly number[];
  /** Null: the stream has ended here. */
  readonly watermark: number | null;
}

/** As it is kept with judge's memory. */
export interface StreamState {
  readonly source: string;
  readonly sensor: string;
  readonly isLive: boolean;
  readonly lanes: readonly LaneState[];
  readonly firstTs: number;
  readonly lastTs: number;
}

/** A stream in one partition. */
class StreamLane {
  /** Number of the call that comes next. */
  received: number;
  judged: number;
  readonly beyond: Set<number>;
  watermark: number;
  heardAt: number;

  constructor({ judged, beyond, watermark }: LaneState, now: number) {
    this.received = judged;
    this.judged = judged;
    this.beyond = new Set(beyond);
    this.watermark = watermark ?? Number.POSITIVE_INFINITY;
    this.heardAt = now;
  }
}

const unseen: LaneState = { judged: 0, beyond: [], watermark: 0 };

export class Stream implements DueStream {
  readonly source: string;
  readonly sensor: string;
  readonly isLive: boolean;
  last: ApiCall | null = null;
  /** Packet time of its calls, µs. */
  firstTs = Number.MAX_SAFE_INTEGER;
  lastTs = 0;
  /** The others don't wait for it. */
  #isAway = false;
  #lanes: readonly StreamLane[];

  constructor(
    { stream, sensor, isLive }: Pick<CallsRecord, 'stream' | 'sensor' | 'isLive'>,
    partitions: number,
    /** The first of its numbers in Merge. */
    readonly slots: number,
    now: number,
  ) {
    this.source = stream;
    this.sensor = sensor;
    this.isLive = isLive;
    this.#lanes = Array.from({ length: partitions }, () => new StreamLane(unseen, now));
  }

  static restore(state: StreamState, slots: number, now: number): Stream {
    const stream = new Stream({ ...state, stream: state.source }, 0, slots, now);
    stream.#lanes = state.lanes.map((lane) => new StreamLane(lane, now));
    stream.firstTs = state.firstTs;
    stream.lastTs = state.lastTs;
    return stream;
  }

  received(partition: number): number {
    return this.#lanes[partition]!.received;
  }

  isApplied(partition: number, number: number): boolean {
    const { judged, beyond } = this.#lanes[partition]!;
    return number < judged || beyond.has(number);
  }

  applied(partition: number, number: number): void {
    const lane = this.#lanes[partition]!;
    if (number !== lane.judged) {
      lane.beyond.add(number);
      return;
    }
    lane.judged++;
    while (lane.beyond.delete(lane.judged)) lane.judged++;
  }

  span(ts: number): void {
    if (ts < this.firstTs) this.firstTs = ts;
    if (ts > this.lastTs) this.lastTs = ts;
  }

  /** Takes what a record says beside its calls. */
  take(partition: number, { first, calls, watermark }: CallsRecord, now: number): void {
    const lane = this.#lanes[partition]!;
    lane.received = Math.max(lane.received, first + (calls?.size ?? 0));
    lane.heardAt = now;
    // A sensor that reads its file anew begins anew: until it has come to where it was, nothing new can come.
    lane.watermark = Math.max(lane.watermark, watermark);
    this.#isAway = false;
  }

  watermark(partition: number): number {
    return this.#isAway ? Number.POSITIVE_INFINITY : this.#lanes[partition]!.watermark;
  }

  /** Whether it was waited for until now and has said nothing since. */
  passOver(since: number): boolean {
    if (this.#isAway) return false;
    let slowest = this.#lanes[0]!;
    for (const lane of this.#lanes) if (lane.watermark < slowest.watermark) slowest = lane;
    this.#isAway = slowest.watermark !== Number.POSITIVE_INFINITY && slowest.heardAt < since;
    return this.#isAway;
  }

  /** It has ended in every partition, and all of it was judged. */
  get isOver(): boolean {
    return this.#lanes.every(
      ({ watermark, judged, received }) => watermark === Number.POSITIVE_INFINITY && judged === received,
    );
  }

  /** `due`: everything before was judged. What waits will come again, so time here has come no further than that. */
  state(due: number): StreamState {
    const { source, sensor, isLive, firstTs, lastTs } = this;
    const lanes = this.#lanes.map(({ judged, received, beyond, watermark }) => {
      const reached = judged === received ? watermark : Math.min(watermark, Math.max(0, due));
      return { judged, beyond: [...beyond], watermark: reached === Number.POSITIVE_INFINITY ? null : reached };
    });
    return { source, sensor, isLive, lanes, firstTs, lastTs };
  }
}
