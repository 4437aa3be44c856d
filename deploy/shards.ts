/**
 * The worker threads: one that captures, `count` that run shards. Piscina keeps them, an array of one-thread pools:
 * one pool would hand a task to any thread, and a flow must stay where its state is.
 *
 * Live, a shard that dies is replaced: what it held is lost and counted, the rest goes on. A replay fails instead, for
 * files can be read again and then nothing is lost.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createRing, createSecrets, SecretsWriter, type SensorLimits, type ShedBoard } from '../sensor/sensor.ts';
import {
  type CaptureResult,
  type CaptureTask,
  PROGRESS_BYTES,
  PROGRESS_CLOCK,
  PROGRESS_PACKETS,
  PROGRESS_STOP,
  STOP_ALL,
  STOP_READING,
} from './capture.ts';
import { GATE_GO, GATE_OPENED, GATE_OPENING, type LiveInput, type LiveReport, type LiveTask } from './live-capture.ts';
import type { ShardMessage, ShardOutput, ShardTask } from './shard.ts';
import { ShardLives, type ShardLoss } from './shard-lives.ts';

/** Octets of a shard's ring: a few milliseconds of a full 10 Gbit/s, and a bound that a file reader waits at. */
const RING_BYTES = 8 << 20;

/** Octets of the key logs that may lie in captures; memory that is not written to is not taken. */
const SECRETS_BYTES = 4 << 20;
/** The same of a running appliance, where a full ring costs packets: half a second of 1 Gbit/s. */
const LIVE_RING_BYTES = 64 << 20;

/** Young generation of a thread, MB. */
const YOUNG_MB = 96;

/** How long threads may take to end by themselves once one has failed, ms. */
const PATIENCE_MS = 10_000;
/** Between two looks whether a live input is open, ms. */
const GATE_LOOK_MS = 5;
/** How long the last message of a shard that failed may take, ms: one that ran out of memory sends none. */
const LAST_MESSAGE_MS = 1000;

export interface CaptureProgress {
  /** Octets read from the inputs, before decompression. */
  readonly bytesRead: number;
  readonly packets: number;
  /** Running maximum of packet time, integer µs. */
  readonly packetTime: number;
}

/** Input that comes by itself, for as long as it is wanted. */
export interface LiveOptions {
  readonly input: LiveInput;
  /** The input is open; packets are taken once this resolves. */
  readonly onOpened: () => Promise<void> | void;
  /** How things stand in the capture thread, about once a second. */
  readonly onReport: (report: LiveReport) => void;
  /** Where shards learn of overload, and what decides; nothing is shed when absent. */
  readonly shedding?: LiveTask['shedding'];
  /** A shard died, and all it posted was taken; another takes its place. */
  readonly onLoss: (loss: ShardLoss) => void;
}

export interface ThreadsOptions {
  readonly inputs: readonly string[];
  /** In place of the inputs. */
  readonly live?: LiveOptions | undefined;
  readonly count: number;
  readonly limits: SensorLimits;
  /** Session secrets of TLS as a key log has them; null when there is none. */
  readonly keyLog: Uint8Array | null;
  readonly output: ShardOutput;
  /** Takes what a shard posts, in its order; the shard is held back until the promise resolves. */
  readonly take: (shard: number, message: ShardMessage) => Promise<void>;
}

export class CaptureThreads {
  readonly #pools: Piscina[] = [];
  readonly #shards: Piscina[] = [];
  readonly #progress = new SharedArrayBuffer(4 * Float64Array.BYTES_PER_ELEMENT);
  #failure: { readonly error: unknown } | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Whoever takes the messages has failed. */
  #isRefused = false;

  constructor(private readonly options: ThreadsOptions) {}

  get progress(): CaptureProgress {
    const cells = new Float64Array(this.#progress);
    return {
      bytesRead: cells[PROGRESS_BYTES]!,
      packets: cells[PROGRESS_PACKETS]!,
      packetTime: cells[PROGRESS_CLOCK]!,
    };
  }

  /** Reads the inputs to their end, or until `stop`. Resolves when everything has been taken and the threads are gone. */
  async run(): Promise<CaptureResult> {
    const { inputs, live, count, limits, keyLog, output } = this.options;
    const secrets = createSecrets(SECRETS_BYTES + (keyLog?.length ?? 0));
    // What a person gave counts from before the first packet.
    if (keyLog !== null) new SecretsWriter(secrets).add(keyLog, -1);
    const rings = Array.from({ length: count }, () => createRing(live === undefined ? RING_BYTES : LIVE_RING_BYTES));
    const board: ShedBoard | null = live?.shedding?.board ?? null;
    const capture: CaptureTask = { inputs, rings, limits, secrets, progress: this.#progress };
    const captured =
      live === undefined
        ? (this.#work(this.#pool('./capture.js'), 'capture thread', capture) as Promise<CaptureResult>)
        : this.#startLive(live, capture);
    const works: Promise<unknown>[] = rings.map((ring, index) =>
      this.#keepShard(index, {
        ring,
        limits,
        secrets,
        output,
        board,
        isLive: live !== undefined,
        progress: this.#progress,
      }),
    );
    works.push(captured);
    for (const work of works) work.catch((error) => this.#fail(error));
    // A thread is not ended in the middle of its work: native code may be running in it.
    await Promise.allSettled(works);
    clearTimeout(this.#timer);
    await this.#destroy();
    if (this.#failure !== null) throw this.#failure.error;
    return captured;
  }

  /** Runs a shard to the end of its ring, by one thread after the other where it may be replaced. */
  async #keepShard(index: number, task: Omit<ShardTask, 'port' | 'outstanding' | 'before'>): Promise<void> {
    const { live, count, output } = this.options;
    const pool = this.#pool('./shard.js');
    this.#shards[index] = pool;
    const lives = new ShardLives(index, count, output.kind === 'calls');
    for (;;) {
      try {
        return await this.#runShard(index, pool, task, lives);
      } catch (error) {
        const loss = live === undefined || this.#failure !== null ? null : lives.end(error, performance.now());
        if (loss === null) throw error;
        live!.onLoss(loss);
      }
    }
  }

  /** Settles when the thread is done with it, and all it posted has been taken. */
  async #runShard(
    index: number,
    pool: Piscina,
    task: Omit<ShardTask, 'port' | 'outstanding' | 'before'>,
    lives: ShardLives,
  ): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const outstanding = new SharedArrayBuffer(4);
    const whole: ShardTask = { ...task, port: port2, outstanding, before: lives.before };
    const work = this.#work(pool, `shard ${index + 1} of ${this.options.count}`, whole, [port2]);
    // Nobody takes its place: the others must not wait for it.
    if (this.options.live === undefined) work.catch((error) => this.#fail(error));
    const drained = this.#drain(index, port1, new Int32Array(outstanding), work, lives);
    await Promise.allSettled([work, drained]);
    await work;
  }

  /** Ends a shard's thread amid its work, as a crash does. */
  async crash(shard: number): Promise<void> {
    await Promise.all(this.#shards[shard]!.threads.map((thread) => thread.terminate()));
  }

  async #startLive(live: LiveOptions, { rings, limits, secrets, progress }: CaptureTask): Promise<CaptureResult> {
    const { port1, port2 } = new MessageChannel();
    const gate = new SharedArrayBuffer(4);
    const cell = new Int32Array(gate);
    port1.on('message', (report: LiveReport) => live.onReport(report));
    const shedding = live.shedding ?? null;
    const task: LiveTask = { input: live.input, shedding, rings, limits, secrets, progress, port: port2, gate };
    const pool = this.#pool('./live-capture.js');
    const work = this.#work(pool, 'capture thread', task, [port2]) as Promise<CaptureResult>;
    let isOver = false;
    const over = work.finally(() => (isOver = true)).catch(() => {});
    while (Atomics.load(cell, 0) === GATE_OPENING && !isOver) await Promise.race([over, wait(GATE_LOOK_MS)]);
    try {
      if (Atomics.load(cell, 0) === GATE_OPENED) await live.onOpened();
    } catch (error) {
      this.#fail(error);
    }
    Atomics.store(cell, 0, GATE_GO);
    Atomics.notify(cell, 0);
    return work.finally(() => {
      // What a report tells it tells once.
      for (let last = receiveMessageOnPort(port1); last !== undefined; last = receiveMessageOnPort(port1)) {
        live.onReport(last.message as LiveReport);
      }
      port1.close();
    });
  }

  /** Something cannot go on: the threads end as soon as they can. */
  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    new Float64Array(this.#progress)[PROGRESS_STOP] = STOP_ALL;
    this.#timer = setTimeout(() => this.#destroy(), PATIENCE_MS);
  }

  async #destroy(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }

  /** Ends reading as if the input ended here. */
  stop(): void {
    const cells = new Float64Array(this.#progress);
    if (cells[PROGRESS_STOP] === 0) cells[PROGRESS_STOP] = STOP_READING;
  }

  #pool(file: string): Piscina {
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
    return pool;
  }

  async #work(pool: Piscina, name: string, task: object, transferList: MessagePortList = []): Promise<unknown> {
    try {
      return await pool.run(task, { name: 'run', transferList });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`The ${name} failed: ${reason}. What was stored before stays.`, { cause: error });
    }
  }

  /** Hands a shard's messages on one after the other; resolves after the last, or when the shard is gone without one. */
  #drain(
    shard: number,
    port: MessageChannel['port1'],
    outstanding: Int32Array,
    work: Promise<unknown>,
    lives: ShardLives,
  ): Promise<void> {
    return new Promise((resolve) => {
      let before = Promise.resolve();
      const end = (): void => {
        port.close();
        void before.then(resolve);
      };
      const take = async (message: ShardMessage): Promise<void> => {
        try {
          lives.take(message);
          if (!this.#isRefused) await this.options.take(shard, message);
        } catch (error) {
          // The shard is let run out, but nobody takes what it posts.
          this.#isRefused = true;
          this.#fail(error);
        }
        Atomics.sub(outstanding, 0, 1);
        Atomics.notify(outstanding, 0);
        if (message.last) end();
      };
      const next = (message: ShardMessage): void => {
        before = before.then(() => take(message));
      };
      port.on('message', next);
      const endEarly = (): void => {
        for (let rest = receiveMessageOnPort(port); rest !== undefined; rest = receiveMessageOnPort(port)) {
          next(rest.message as ShardMessage);
        }
        end();
      };
      work.catch(() => setTimeout(endEarly, LAST_MESSAGE_MS));
    });
  }
}

type MessagePortList = MessageChannel['port1'][];
