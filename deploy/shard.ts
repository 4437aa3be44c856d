/**
 * A shard: one worker thread that runs the sensor on its ring and, but for raw records, `read` on what comes out.
 * Bodies never leave it; calls do, in batches.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type {
  ApiCall,
  CallPacker,
  HandshakeSum,
  HandshakeTally,
  PackedCalls,
  ReadOptions,
} from '../analyzer/analyzer.ts';
import { Ledger } from '../sensor/ledger.ts';
import { RecordSink } from '../sensor/record.ts';
import {
  type LedgerMinute,
  type RingMemory,
  runShard,
  type SecretsMemory,
  Sensor,
  type SensorLimits,
  type ShedBoard,
} from '../sensor/sensor.ts';
import { type TransactionReader, type TransactionSink, transactionUid } from '../sensor/transaction.ts';
import { PROGRESS_STOP, STOP_ALL } from './capture.ts';
import { DigestSink, type ExchangeDigest } from './exchange-digest.ts';
import { KeepingSink } from './reveal/keeping-sink.ts';
import type { KeepingOptions } from './reveal/segment-writer.ts';
import { yieldToOtherThreads } from './thread-priority.ts';

/**
 * What the shard makes of exchanges: calls for analysis, NDJSON records, their names, a sum of what they hold, or nothing but
 * the count (the benchmark).
 */
export type ShardOutput =
  | { readonly kind: 'calls'; readonly read: ReadOptions; readonly keeping?: KeepingOptions | null | undefined }
  | { readonly kind: 'records'; readonly maxBody: number; readonly clear: boolean; readonly sampling?: number }
  | { readonly kind: 'names' }
  | { readonly kind: 'digest' }
  | { readonly kind: 'count' };

export interface ShardTask {
  readonly ring: RingMemory;
  readonly limits: SensorLimits;
  readonly secrets: SecretsMemory;
  readonly output: ShardOutput;
  /** What it is told of overload; null where nothing is shed. */
  readonly board: ShedBoard | null;
  readonly port: MessagePort;
  /** One Int32: batches posted and not yet taken. The shard waits while there are `MAX_OUTSTANDING`. */
  readonly outstanding: SharedArrayBuffer;
  /** Packets come from a wire, which does not wait. */
  readonly isLive: boolean;
  /** The capture thread's cells (capture.ts). */
  readonly progress: SharedArrayBuffer;
  /** What was told by those that died at this ring; null for the first. */
  readonly before: ShardBefore | null;
}

/** Of threads that died at a ring. */
export interface ShardBefore {
  /** Segments told as taken or lost. */
  readonly segments: number;
  readonly watermark: number;
}

export interface RecordLine {
  readonly completedTs: number;
  readonly uid: string;
  readonly line: string;
}

/** What a shard posts: a batch, how far time has come, and its counters so far. */
export interface ShardMessage {
  readonly calls: PackedCalls | null;
  /** Of all exchanges so far; null where none is made. */
  readonly digest: ExchangeDigest | null;
  readonly records: readonly RecordLine[];
  /** TLS handshakes that are over, summed up. */
  readonly handshakes: readonly HandshakeSum[];
  /** Nothing later completes before; Infinity when the input has ended. */
  readonly watermark: number;
  /** The shard posts nothing more. */
  readonly last: boolean;
  /** What the counters grew by since the message before. */
  readonly minutes: readonly LedgerMinute[];
  /** Connections followed now. */
  readonly flows: number;
  readonly ledger: Float64Array;
  readonly weird: Float64Array;
}

const BATCH = 512;
/** What comes of a wire comes when it comes; what is read from files can wait, and the less lies between threads, the less the
 * collector has to move. */
const MAX_OUTSTANDING = { live: 32, read: 8 };
/** A shard with little to show still says how far time has come: others' calls wait for it. */
const MAX_SETTLINGS = 16;
/** Octets of NDJSON lines that make a batch whatever their number. */
const BATCH_BYTES = 1 << 20;
/** Settlings after which the event loop turns once: what native decoders leave behind is freed only there. */
const TURN_EVERY = 32;

export async function run(task: ShardTask): Promise<void> {
  const progress = new Float64Array(task.progress);
  // One thread judges what all shards read: it is never to wait for the processor while they have more for it already.
  if (!task.isLive) yieldToOtherThreads();
  // Compiling analysis takes a thread as long as ten thousand exchanges do: only who reads calls needs it.
  const shard = new Shard(task, task.output.kind === 'calls' ? await import('../analyzer/analyzer.ts') : null);
  let ended = false;
  try {
    const before = task.before?.segments ?? null;
    const isAbandoned = () => progress[PROGRESS_STOP] === STOP_ALL;
    ended = await runShard(task.ring, shard.sensor, (watermark) => shard.settle(watermark), isAbandoned, before);
  } finally {
    shard.end(ended);
  }
}

type Analyzer = typeof import('../analyzer/analyzer.ts');

class Shard {
  readonly sensor: Sensor;
  /** Null when the output is not calls. */
  readonly #calls: CallPacker | null;
  readonly #handshakes: HandshakeTally | null;
  /** Null when the output is no digest. */
  #digest: DigestSink | null = null;
  /** Null when exchanges are not kept. */
  #keeping: KeepingSink | null = null;
  #records: RecordLine[] = [];
  #recordBytes = 0;
  readonly #outstanding: Int32Array;
  readonly #maxOutstanding: number;
  #posted: number;
  #settlings = 0;
  #untilTurn = TURN_EVERY;

  constructor(
    private readonly task: ShardTask,
    analyzer: Analyzer | null,
  ) {
    this.#outstanding = new Int32Array(task.outstanding);
    this.#maxOutstanding = task.isLive ? MAX_OUTSTANDING.live : MAX_OUTSTANDING.read;
    this.#posted = task.before?.watermark ?? 0;
    this.#calls = analyzer === null ? null : new analyzer.CallPacker(BATCH);
    this.#handshakes = analyzer === null ? null : new analyzer.HandshakeTally(BATCH);
    const ledger = new Ledger();
    const sink = this.#sink(task.output, ledger, analyzer);
    this.sensor = new Sensor(task.limits, sink, ledger, task.secrets, task.board);
  }

  #sink(output: ShardOutput, ledger: Ledger, analyzer: Analyzer | null): TransactionSink {
    switch (output.kind) {
      case 'calls': {
        const calls = this.#calls!;
        const handshakes = this.#handshakes!;
        const { CallReader, ReadTools } = analyzer!;
        const keeping = output.keeping ? new KeepingSink(output.keeping, ledger) : null;
        this.#keeping = keeping;
        const take = (call: ApiCall): void => {
          keeping?.take(call);
          // A burst inside one settling: what is already known to come first may go.
          if (calls.full) this.post(this.#posted);
          calls.add(call);
        };
        const reader = new CallReader(ledger, new ReadTools(output.read), take, (name) => this.sensor.weird.note(name));
        return {
          open: (flow, depth) => {
            const read = reader.open(flow, depth);
            return keeping === null ? read : keeping.open(flow, depth, read);
          },
          handshake: (flow, handshake) => {
            if (handshakes.size >= BATCH) this.post(this.#posted);
            handshakes.add(flow, handshake);
          },
        };
      }
      case 'records':
        return new RecordSink(output, (record, completedTs) => {
          const line = JSON.stringify(record);
          if (this.#records.length >= BATCH || this.#recordBytes >= BATCH_BYTES) this.post(this.#posted);
          this.#records.push({ completedTs, uid: record.uid, line });
          this.#recordBytes += line.length;
        });
      case 'names':
        return {
          open: (flow, depth) => ({
            ...ignored,
            end: ({ ts }) => {
              if (this.#records.length >= BATCH) this.post(this.#posted);
              this.#records.push({ completedTs: ts, uid: transactionUid(flow, depth), line: '' });
            },
          }),
        };
      case 'digest':
        return (this.#digest = new DigestSink());
      case 'count':
        return { open: () => ignored };
    }
  }

  /** Posts a batch that is worth it. */
  settle(watermark: number): Promise<void> | undefined {
    const size = (this.#calls?.size ?? 0) + this.#records.length;
    const isWorthIt = size >= BATCH / 2 || this.#recordBytes >= BATCH_BYTES;
    // Whoever waits for this shard alone must not wait long; a small batch costs little more than none.
    if (isWorthIt || (++this.#settlings >= MAX_SETTLINGS && watermark > this.#posted)) this.post(watermark);
    if (--this.#untilTurn > 0) return undefined;
    this.#untilTurn = TURN_EVERY;
    return turn();
  }

  /** Posts the rest. `ended` false: the input did not end, so time has not come further than was said. */
  end(ended: boolean): void {
    this.post(ended ? Number.POSITIVE_INFINITY : this.#posted, true);
  }

  post(watermark: number, last = false): void {
    while (Atomics.load(this.#outstanding, 0) >= this.#maxOutstanding) {
      Atomics.wait(this.#outstanding, 0, Atomics.load(this.#outstanding, 0), 100);
    }
    Atomics.add(this.#outstanding, 0, 1);
    this.#posted = watermark;
    this.#settlings = 0;
    if (last) this.#keeping?.end();
    else this.#keeping?.flush();
    const calls = this.#calls !== null && this.#calls.size > 0 ? this.#calls.take() : null;
    const message: ShardMessage = {
      calls,
      digest: this.#digest?.digest ?? null,
      records: this.#records,
      handshakes: this.#handshakes?.take() ?? [],
      watermark,
      last,
      minutes: this.sensor.minutes.take(),
      flows: this.sensor.flows,
      ledger: this.sensor.ledger.counts,
      weird: this.sensor.weird.counts,
    };
    this.#records = [];
    this.#recordBytes = 0;
    this.task.port.postMessage(
      message,
      calls === null ? [] : [calls.numbers, calls.words, calls.facts].map((part) => part.buffer as ArrayBuffer),
    );
  }
}

const ignored: TransactionReader = { begin() {}, body() {}, end() {} };
