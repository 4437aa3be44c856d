/** One run of the sensor's threads: their batches in order, their counters summed, progress and an early end. */

import type { Damage } from '../sensor/capture/packet.ts';
import { C, Ledger } from '../sensor/ledger.ts';
import type { SensorLimits } from '../sensor/sensor.ts';
import { CaptureArgumentError, CaptureError } from '../sensor/sensor.ts';
import { type Weird, WeirdCounts, weirdIndex } from '../sensor/weird.ts';
import type { CaptureResult } from './capture.ts';
import { LedgerMinutes } from './ledger-minutes.ts';
import type { LiveReport } from './live-capture.ts';
import type { ShardMessage, ShardOutput } from './shard.ts';
import type { ShardLoss } from './shard-lives.ts';
import { type CaptureProgress, CaptureThreads, type LiveOptions } from './shards.ts';

export interface SensingOptions {
  readonly inputs: readonly string[];
  /** In place of the inputs. `onCounters` is given with each report what the sensor's threads have counted so far. */
  readonly live?:
    | (Omit<LiveOptions, 'onReport' | 'onLoss'> & { readonly onCounters: (so: SensedSoFar) => void })
    | undefined;
  readonly shards: number;
  readonly limits: SensorLimits;
  /** Null or absent when there is none. */
  readonly keyLog?: Uint8Array | null;
  readonly output: ShardOutput;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CaptureProgress) => void) | undefined;
  readonly take: (shard: number, message: ShardMessage) => Promise<void>;
  /** Given the threads before they begin. */
  readonly onThreads?: (threads: CaptureThreads) => void;
}

/** A running sensor's counters; what is under way makes them add up (`withWaiting`). */
export interface SensedSoFar extends Omit<LiveReport, 'weird' | 'minutes'> {
  readonly counters: Ledger;
  readonly weird: WeirdCounts;
  /** What befell the sensor itself, of its first input; the last ones of very many. */
  readonly incidents: readonly Damage[];
  /** By minute of packet time, so far. */
  readonly byMinute: LedgerMinutes;
  /** Running maximum of packet time, µs. */
  readonly packetTime: number;
  /** By shard: µs of packet time that what it may still tell is behind. */
  readonly shardLags: readonly number[];
}

export interface Sensed extends Omit<CaptureResult, 'weird' | 'minutes'> {
  /** The sensor's counters, capture thread and shards together. */
  readonly counters: Ledger;
  readonly weird: WeirdCounts;
  /** As of SensedSoFar; `damage` has them too. */
  readonly incidents: readonly Damage[];
  readonly byMinute: LedgerMinutes;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

const PROGRESS_EVERY_MS = 250;
/** Incidents that are told. */
const MAX_INCIDENTS = 100;

/** Runs to the end of the inputs, or until the signal. Throws CaptureError when there was nothing to read. */
export async function runSensing(options: SensingOptions): Promise<Sensed> {
  const { inputs, live, shards, limits, keyLog = null, output, signal } = options;
  const begun = performance.now();
  const latest = new Map<number, ShardMessage>();
  const lost = { counters: new Ledger(), weird: new WeirdCounts() };
  let reasons: string[] = [];
  const byMinute = new LedgerMinutes();
  const sum = (captured: Pick<CaptureResult, 'ledger' | 'weird' | 'clamped' | 'damage' | 'damaged' | 'inputs'>) => {
    const counters = new Ledger();
    const weird = new WeirdCounts();
    counters.add(lost.counters.counts);
    weird.add(lost.weird.counts);
    counters.add(captured.ledger);
    weird.add(captured.weird);
    for (const message of latest.values()) {
      counters.add(message.ledger);
      weird.add(message.weird);
    }
    counters.counts[C.inputsDamaged]! += captured.damaged ?? captured.damage.length;
    weird.counts[weirdIndex['packet_time_clamped' satisfies Weird]]! += captured.clamped;
    const input = captured.inputs[0] ?? '';
    return { counters, weird, incidents: reasons.map((reason) => ({ input, offset: 0, reason })) };
  };
  const onLoss = ({ shard, ledger, weird, flows, reason }: ShardLoss): void => {
    latest.delete(shard);
    lost.counters.add(ledger);
    lost.counters.counts[C.crashFlows]! += flows;
    lost.weird.add(weird);
    byMinute.addLoss(ledger);
    lost.weird.note('shard_lost');
    const { packetTime } = threads.progress;
    const at = packetTime > 0 ? ` at ${new Date(packetTime / 1000).toISOString()}` : '';
    reasons = [...reasons, `${reason}${at}.`].slice(-MAX_INCIDENTS);
  };
  const threads: CaptureThreads = new CaptureThreads({
    inputs,
    live: live && {
      ...live,
      onLoss,
      onReport: (report) => {
        byMinute.add(report.minutes);
        live.onCounters({ ...report, ...sum(report), byMinute, ...paceOf(threads.progress.packetTime, latest) });
      },
    },
    count: shards,
    limits,
    keyLog,
    output,
    take: (shard, message) => {
      latest.set(shard, message);
      byMinute.add(message.minutes);
      return options.take(shard, message);
    },
  });
  options.onThreads?.(threads);
  const timer = setInterval(() => options.onProgress?.(threads.progress), PROGRESS_EVERY_MS);
  const stop = (): void => threads.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const captured = await threads.run();
    if (captured.error !== null) {
      throw new (captured.isArgument ? CaptureArgumentError : CaptureError)(captured.error);
    }
    const { counters, weird, incidents } = sum(captured);
    const damage = [...captured.damage, ...incidents];
    byMinute.add(captured.minutes);
    return { ...captured, damage, incidents, byMinute, counters, weird, seconds: (performance.now() - begun) / 1000 };
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** A shard that has nothing under way is told the time all the same, so that one without traffic is not behind. */
function paceOf(
  packetTime: number,
  latest: ReadonlyMap<number, ShardMessage>,
): Pick<SensedSoFar, 'packetTime' | 'shardLags'> {
  const shardLags: number[] = [];
  for (const [shard, { watermark }] of latest) {
    shardLags[shard] = watermark > 0 && Number.isFinite(watermark) ? Math.max(0, packetTime - watermark) : 0;
  }
  return { packetTime, shardLags: Array.from(shardLags, (lag) => lag ?? 0) };
}
