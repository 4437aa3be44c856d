/** What the kernel and the ports dropped, in the ledger: it came in too, so that what was received still adds up. */
import { C } from '../sensor/ledger.ts';
import type { LiveSource } from '../sensor/sensor.ts';

type LiveStats = ReturnType<LiveSource['stats']>;

export class LiveDrops {
  /** Drops that are in the ledger already. */
  #kernel = 0;
  #port = 0;

  /** `stats`: since the opening. `received`: what the kernel had when the end was asked for; null before. */
  count(stats: LiveStats, received: number | null, counts: Float64Array): void {
    const kernel = stats.droppedByKernel - this.#kernel;
    const port = stats.droppedByInterface - this.#port;
    counts[C.droppedByKernel]! += kernel;
    counts[C.droppedByInterface]! += port;
    counts[C.packetsRead]! += kernel + port;
    // What comes after the end was asked for is not waited for.
    counts[C.packetsByKernel] = received ?? stats.received;
    this.#kernel = stats.droppedByKernel;
    this.#port = stats.droppedByInterface;
  }
}
