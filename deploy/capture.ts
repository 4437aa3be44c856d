/** The capture thread: reads the inputs and fills the shards' rings. */
import type { PacketSource } from '../sensor/capture/packet.ts';
import { C } from '../sensor/ledger.ts';
import {
  CaptureError,
  type Damage,
  type InputExtent,
  type LedgerMinute,
  openSource,
  Pump,
  type RingMemory,
  type SecretsMemory,
  SecretsWriter,
  type SensorLimits,
} from '../sensor/sensor.ts';

export interface CaptureTask {
  readonly inputs: readonly string[];
  readonly rings: readonly RingMemory[];
  readonly limits: SensorLimits;
  /** Where key logs that lie in captures go. */
  readonly secrets: SecretsMemory;
  /** Float64: octets read, packets, clock in µs, and one of the `STOP`s. Written and read without locking. */
  readonly progress: SharedArrayBuffer;
}

export const PROGRESS_BYTES = 0;
export const PROGRESS_PACKETS = 1;
export const PROGRESS_CLOCK = 2;
export const PROGRESS_STOP = 3;

/** Reading is to end as if the input ended here. */
export const STOP_READING = 1;
/** Something failed: what the shards do not take is left, for one of them may be gone, and what they have does not end. */
export const STOP_ALL = 2;

export interface CaptureResult {
  /** Why nothing was read at all; null when reading began. */
  readonly error: string | null;
  /** What was named is at fault, not the machine. */
  readonly isArgument?: boolean;
  readonly damage: readonly Damage[];
  /** Damages where `damage` has the first of very many. */
  readonly damaged?: number;
  readonly ledger: Float64Array;
  /** Counts by `weirdIndex`. */
  readonly weird: Float64Array;
  /** What the counters grew by since the last report. */
  readonly minutes: readonly LedgerMinute[];
  readonly bytesRead: number;
  /** Packet times outside the years 2000–2100, clamped. */
  readonly clamped: number;
  /** Names of the inputs that were read, and what each held. */
  readonly inputs: readonly string[];
  readonly extents: readonly InputExtent[];
}

export async function run(task: CaptureTask): Promise<CaptureResult> {
  const progress = new Float64Array(task.progress);
  const writer = new SecretsWriter(task.secrets);
  let pump: Pump | null = null;
  let dropped = 0;
  const source = open(task, (keyLog) => {
    if (!writer.add(keyLog, pump?.clock ?? 0)) dropped++;
  });
  if (typeof source === 'string') {
    return {
      error: source,
      damage: [],
      ledger: nothing,
      weird: nothing,
      minutes: [],
      bytesRead: 0,
      clamped: 0,
      inputs: [],
      extents: [],
    };
  }
  const running = new Pump(source, task.rings, task.limits.decode, task.limits.sampling);
  pump = running;
  try {
    running.run(
      () => {
        running.ledger.counts[C.secretsDropped] = dropped;
        progress[PROGRESS_BYTES] = source.bytesRead;
        progress[PROGRESS_PACKETS] = running.packets;
        progress[PROGRESS_CLOCK] = running.clock;
        return progress[PROGRESS_STOP] === 0;
      },
      () => progress[PROGRESS_STOP] === STOP_ALL,
    );
    return {
      error: null,
      damage: [...source.damage],
      ledger: running.ledger.counts,
      weird: running.weird.counts,
      minutes: running.minutes.take(),
      bytesRead: source.bytesRead,
      clamped: source.clamped,
      inputs: source.inputs,
      extents: running.extents,
    };
  } catch (error) {
    // The shards must neither wait for what will not come nor take it for the end of the input.
    progress[PROGRESS_STOP] = STOP_ALL;
    running.end();
    throw error;
  } finally {
    source.close();
  }
}

const nothing = new Float64Array(0);

/** The captures, or why there are none. */
function open(
  { inputs, rings, progress }: CaptureTask,
  secrets: (keyLog: Uint8Array) => void,
): ReturnType<typeof openSource> | string {
  try {
    return openSource(inputs, { secrets });
  } catch (error) {
    new Float64Array(progress)[PROGRESS_STOP] = STOP_ALL;
    new Pump(emptySource, rings).end();
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

export const emptySource: PacketSource = { inputs: [], damage: [], bytesRead: 0, read: () => false, close() {} };
