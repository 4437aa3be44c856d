/** The capture thread: reads the inputs and fills the shards' rings. */
import { CaptureError, type Damage, type InputExtent, openSource, Pump, type RingMemory } from '../sensor/sensor.ts';

export interface CaptureTask {
  readonly inputs: readonly string[];
  readonly rings: readonly RingMemory[];
  /** Float64: octets read, packets, clock in µs, and 1 when reading is to stop. Written and read without locking. */
  readonly progress: SharedArrayBuffer;
}

export const PROGRESS_BYTES = 0;
export const PROGRESS_PACKETS = 1;
export const PROGRESS_CLOCK = 2;
export const PROGRESS_STOP = 3;

export interface CaptureResult {
  /** Why nothing was read at all; null when reading began. */
  readonly error: string | null;
  readonly damage: readonly Damage[];
  readonly ledger: Float64Array;
  readonly bytesRead: number;
  /** Packet times outside the years 2000–2100, clamped. */
  readonly clamped: number;
  /** Names of the inputs that were read, and what each held. */
  readonly inputs: readonly string[];
  readonly extents: readonly InputExtent[];
}

export async function run(task: CaptureTask): Promise<CaptureResult> {
  const progress = new Float64Array(task.progress);
  let source: ReturnType<typeof openSource>;
  try {
    source = openSource(task.inputs);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return {
      error: error.message,
      damage: [],
      ledger: new Float64Array(0),
      bytesRead: 0,
      clamped: 0,
      inputs: [],
      extents: [],
    };
  }
  const pump = new Pump(source, task.rings);
  try {
    pump.run(() => {
      progress[PROGRESS_BYTES] = source.bytesRead;
      progress[PROGRESS_PACKETS] = pump.packets;
      progress[PROGRESS_CLOCK] = pump.clock;
      return progress[PROGRESS_STOP] === 0;
    });
    return {
      error: null,
      damage: [...source.damage],
      ledger: pump.ledger.counts,
      bytesRead: source.bytesRead,
      clamped: source.clamped,
      inputs: source.inputs,
      extents: pump.extents,
    };
  } finally {
    source.close();
  }
}
