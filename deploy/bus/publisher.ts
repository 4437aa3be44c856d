/**
 * The sensor's end of the bus: calls of the shards in one order, by application into partitions, numbered there, and sent
 * in batches by size and time with how far time has come. A partition without calls is told the time all the same, since
 * whoever merges several sensors waits for each of them.
 *
 * Bound: a batch a partition, and what the bus holds; `take` waits for room there.
 */
import {
  CallPacker,
  type HandshakeSum,
  HandshakeTally,
  Merge,
  type PackedCall,
  type PackedCalls,
  packedCalls,
} from '../../analyzer/analyzer.ts';
import type { Bus } from '../../storage/bus/bus.ts';
import { type CallsRecord, partitionOf, type SensorReport } from '../../storage/bus/calls.ts';
import type { ShardMessage } from '../shard.ts';

/** Partitions of `apiris.calls.v1`. */
export const PARTITIONS = 64;
const BATCH = 512;
/** How long a call waits for others, and how long a partition goes without being told the time, ms. */
const LINGER_MS = 250;
const TELL_MS = 1000;

export interface PublisherOptions {
  readonly sensor: string;
  readonly stream: string;
  readonly isLive: boolean;
  readonly keys: string;
  readonly shards: number;
  /** µs of packet time that one shard is waited for; without limit when absent. */
  readonly maxLag?: number | undefined;
}

class Lane {
  #packer: CallPacker | null = null;
  /** Calls that were published. */
  sent = 0;

  get size(): number {
    return this.#packer?.size ?? 0;
  }

  get packer(): CallPacker {
    // A packer takes a quarter of a MiB: most sites have fewer applications than partitions.
    this.#packer ??= new CallPacker(BATCH);
    return this.#packer;
  }

  take(): PackedCalls | null {
    return this.size === 0 ? null : this.#packer!.take();
  }
}

export class Publisher {
  /** Calls published. */
  published = 0;
  readonly #merge: Merge<PackedCall>;
  readonly #handshakes = new HandshakeTally();
  readonly #lanes = Array.from({ length: PARTITIONS }, () => new Lane());
  #flushedAt = performance.now();
  #toldAt = Number.NEGATIVE_INFINITY;
  /** Messages go out one after the other: reports come beside. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly bus: Bus,
    private readonly options: PublisherOptions,
  ) {
    this.#merge = new Merge(options.shards, undefined, options.maxLag);
  }

  /** Takes a batch of a shard. Resolves when there is room for more. */
  take(shard: number, message: ShardMessage): Promise<void> {
    this.#turn = this.#turn.then(() => this.#take(shard, message));
    return this.#turn;
  }

  async #take(shard: number, { handshakes, calls, watermark }: ShardMessage): Promise<void> {
    for (const sum of handshakes) this.#handshakes.merge(sum);
    const due = this.#merge.push(shard, calls === null ? [] : packedCalls(calls), watermark);
    for (const packed of due) {
      const call = packed.unpack();
      const partition = partitionOf(call.app, PARTITIONS);
      const { packer } = this.#lanes[partition]!;
      // What comes later completes no earlier than this call.
      if (packer.full) await this.#publish(partition, call.completedTs);
      packer.add(call);
    }
    const now = performance.now();
    const time = this.#merge.due;
    if (now - this.#flushedAt < LINGER_MS || !Number.isFinite(time)) return;
    const tellsAll = now - this.#toldAt >= TELL_MS;
    await this.#flush(time, tellsAll);
    this.#flushedAt = now;
    if (tellsAll) this.#toldAt = now;
  }

  async #flush(watermark: number, all: boolean): Promise<void> {
    for (const [partition, { size }] of this.#lanes.entries()) {
      if (all || size > 0) await this.#publish(partition, watermark);
    }
  }

  async #publish(partition: number, watermark: number, report: SensorReport | null = null): Promise<void> {
    const { sensor, stream, isLive, keys } = this.options;
    const lane = this.#lanes[partition]!;
    const calls = report === null ? lane.take() : null;
    const record: CallsRecord = {
      ...{ sensor, stream, isLive, keys, first: lane.sent, calls, report },
      watermark: Math.max(0, watermark),
    };
    await this.bus.publish('apiris.calls.v1', partition, record);
    lane.sent += calls?.size ?? 0;
    this.published += calls?.size ?? 0;
  }

  /** Tells where packets went so far. */
  report(made: (handshakes: HandshakeSum[]) => SensorReport): Promise<void> {
    this.#turn = this.#turn.then(() => this.#publish(0, 0, made(this.#handshakes.changed())));
    return this.#turn;
  }

  /** Publishes the rest. `last`: the stream has ended; null when it was given up, and goes on when it is read again. */
  async end(last: ((handshakes: HandshakeSum[]) => SensorReport) | null): Promise<void> {
    await this.#turn;
    const { isLive } = this.options;
    const time = this.#merge.due;
    await this.#flush(Number.isFinite(time) ? time : 0, false);
    if (last === null) return;
    await this.#publish(0, 0, last(isLive ? this.#handshakes.changed() : this.#handshakes.take()));
    await this.#flush(Number.POSITIVE_INFINITY, true);
  }
}
