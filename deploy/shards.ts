/**
 * The worker threads: one that captures, `count` that run shards. Piscina keeps them, an array of one-thread pools:
 * one pool would hand a task to any thread, and a flow must stay where its state is.
 */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createRing, type SensorLimits } from '../sensor/sensor.ts';
import {
  type CaptureResult,
  type CaptureTask,
  PROGRESS_BYTES,
  PROGRESS_CLOCK,
  PROGRESS_PACKETS,
  PROGRESS_STOP,
} from './capture.ts';
import type { ShardMessage, ShardOutput, ShardTask } from './shard.ts';

/** Octets of a shard's ring: a few milliseconds of a full 10 Gbit/s, and a bound that a file reader waits at. */
const RING_BYTES = 8 << 20;

/** Young generation of a thread, MB. */
const YOUNG_MB = 96;

export interface CaptureProgress {
  /** Octets read from the inputs, before decompression. */
  readonly bytesRead: number;
  readonly packets: number;
  /** Running maximum of packet time, integer µs. */
  readonly packetTime: number;
}

export interface ThreadsOptions {
  readonly inputs: readonly string[];
  readonly count: number;
  readonly limits: SensorLimits;
  readonly output: ShardOutput;
  /** Takes what a shard posts, in its order; the shard is held back until the promise resolves. */
  readonly take: (shard: number, message: ShardMessage) => Promise<void>;
}

export class CaptureThreads {
  readonly #pools: Piscina[] = [];
  readonly #progress = new SharedArrayBuffer(4 * Float64Array.BYTES_PER_ELEMENT);

  constructor(private readonly options: ThreadsOptions) {}

  get progress(): CaptureProgress {
    const cells = new Float64Array(this.#progress);
    return {
      bytesRead: cells[PROGRESS_BYTES]!,
      packets: cells[PROGRESS_PACKETS]!,
      packetTime: cells[PROGRESS_CLOCK]!,
    };
  }

  /** Reads the inputs to their end, or until `stop`. Resolves when everything has been taken. */
  async run(): Promise<CaptureResult> {
    const { inputs, count, limits, output } = this.options;
    const rings = Array.from({ length: count }, () => createRing(RING_BYTES));
    try {
      const capture: CaptureTask = { inputs, rings, progress: this.#progress };
      const captured = this.#start('./capture.js', capture) as Promise<CaptureResult>;
      const shards = rings.map((ring, index) => {
        const { port1, port2 } = new MessageChannel();
        const outstanding = new SharedArrayBuffer(4);
        const task: ShardTask = { ring, limits, output, port: port2, outstanding };
        const drained = this.#drain(index, port1, new Int32Array(outstanding));
        return Promise.all([this.#start('./shard.js', task, [port2]), drained]);
      });
      const begun = captured.then((result) => {
        // Nothing will come through the rings: the shards need not be waited for.
        if (result.error !== null) throw new NothingRead(result);
        return result;
      });
      const [result] = await Promise.all([begun, ...shards]);
      return result;
    } catch (error) {
      if (error instanceof NothingRead) return error.result;
      throw error;
    } finally {
      await Promise.all(this.#pools.map((pool) => pool.destroy()));
    }
  }

  /** Ends reading as if the input ended here. */
  stop(): void {
    new Float64Array(this.#progress)[PROGRESS_STOP] = 1;
  }

  #start(file: string, task: object, transferList: MessagePortList = []): Promise<unknown> {
    const pool = new Piscina({
      filename: new URL(file, import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // The default would stall callbacks between tasks; a task here lasts as long as the thread.
      atomics: 'disabled',
      // Exchanges die young: room for them makes collecting rare (measured: 12 % less CPU than with the default).
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#pools.push(pool);
    return pool.run(task, { name: 'run', transferList });
  }

  /** Hands a shard's messages on one after the other; resolves after the last. */
  #drain(shard: number, port: MessageChannel['port1'], outstanding: Int32Array): Promise<void> {
    return new Promise((resolve, reject) => {
      let before = Promise.resolve();
      port.on('message', (message: ShardMessage) => {
        before = before
          .then(() => this.options.take(shard, message))
          .then(() => {
            Atomics.sub(outstanding, 0, 1);
            Atomics.notify(outstanding, 0);
            if (message.watermark !== Number.POSITIVE_INFINITY) return;
            port.close();
            resolve();
          });
        before.catch(reject);
      });
    });
  }
}

type MessagePortList = MessageChannel['port1'][];

class NothingRead extends Error {
  constructor(readonly result: CaptureResult) {
    super('nothing was read');
  }
}
