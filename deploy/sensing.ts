/** One run of the sensor's threads: their batches in order, their counters summed, progress and an early end. */
import { C, Ledger } from '../sensor/ledger.ts';
import type { SensorLimits } from '../sensor/sensor.ts';
import { CaptureArgumentError, CaptureError } from '../sensor/sensor.ts';
import { type Weird, WeirdCounts, weirdIndex } from '../sensor/weird.ts';
import type { CaptureResult } from './capture.ts';
import type { LiveReport } from './live-capture.ts';
import type { ShardMessage, ShardOutput } from './shard.ts';
import { type CaptureProgress, CaptureThreads, type LiveOptions } from './shards.ts';

export interface SensingOptions {
  readonly inputs: readonly string[];
  /** In place of the inputs. `onCounters` is given with each report what the sensor's threads have counted so far. */
  readonly live?: (Omit<LiveOptions, 'onReport'> & { readonly onCounters: (so: SensedSoFar) => void }) | undefined;
  readonly shards: number;
  readonly limits: SensorLimits;
  /** Null or absent when there is none. */
  readonly keyLog?: Uint8Array | null;
  readonly output: ShardOutput;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CaptureProgress) => void) | undefined;
  readonly take: (shard: number, message: ShardMessage) => Promise<void>;
}

/** A running sensor's counters; what is under way makes them add up (`withWaiting`). */
export interface SensedSoFar extends Omit<LiveReport, 'weird'> {
  readonly counters: Ledger;
  readonly weird: WeirdCounts;
}

export interface Sensed extends Omit<CaptureResult, 'weird'> {
  /** The sensor's counters, capture thread and shards together. */
  readonly counters: Ledger;
  readonly weird: WeirdCounts;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

const PROGRESS_EVERY_MS = 250;

/** Runs to the end of the inputs, or until the signal. Throws CaptureError when there was nothing to read. */
export async function runSensing(options: SensingOptions): Promise<Sensed> {
  const { inputs, live, shards, limits, keyLog = null, output, signal } = options;
  const begun = performance.now();
  const latest = new Map<number, ShardMessage>();
  const sum = (captured: Pick<CaptureResult, 'ledger' | 'weird' | 'clamped' | 'damage' | 'damaged'>) => {
    const counters = new Ledger();
    const weird = new WeirdCounts();
    counters.add(captured.ledger);
    weird.add(captured.weird);
    for (const message of latest.values()) {
      counters.add(message.ledger);
      weird.add(message.weird);
    }
    counters.counts[C.inputsDamaged]! += captured.damaged ?? captured.damage.length;
    weird.counts[weirdIndex['packet_time_clamped' satisfies Weird]]! += captured.clamped;
    return { counters, weird };
  };
  const threads = new CaptureThreads({
    inputs,
    live: live && {
      ...live,
      onReport: (report) => live.onCounters({ ...report, ...sum(report) }),
    },
    count: shards,
    limits,
    keyLog,
    output,
    take: (shard, message) => {
      latest.set(shard, message);
      return options.take(shard, message);
    },
  });
  const timer = setInterval(() => options.onProgress?.(threads.progress), PROGRESS_EVERY_MS);
  const stop = (): void => threads.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const captured = await threads.run();
    if (captured.error !== null) {
      throw new (captured.isArgument ? CaptureArgumentError : CaptureError)(captured.error);
    }
    const { counters, weird } = sum(captured);
    return { ...captured, counters, weird, seconds: (performance.now() - begun) / 1000 };
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}
