/**
 * What is on its way to the broker: messages in one order, sent in batches by size and time, the next one when the one
 * before is acknowledged. While the broker is away they go to the spool where there is one, and come out in that order.
 *
 * Bound: `capacity` octets in memory, and the spool's own; beyond both a publisher waits, and `waits` counts it. So what
 * a live sensor can't keep is shed where packets are, by named counters, never here.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { KafkaRecord, Spool } from './spool.ts';

export interface OutboxOptions {
  /** Sends and waits for the acknowledgement of all replicas. */
  readonly send: (records: readonly KafkaRecord[]) => Promise<void>;
  /** Nothing can be sent any more. */
  readonly onFailure?: (error: unknown) => void;
  /** Whether waiting may help. */
  readonly mayPass: (error: unknown) => boolean;
  readonly spool: Spool | null;
  /** Octets of values held in memory. */
  readonly capacity?: number;
  /** Octets of values in one batch, before compression. */
  readonly batch?: number;
  /** How long a first message waits for others, ms. */
  readonly linger?: number;
  /** Pause after a failure, ms; doubles up to `maxBackoff`. */
  readonly backoff?: number;
  readonly maxBackoff?: number;
}

/** Octets that a message weighs beside its value. */
const OVERHEAD = 200;

export class Outbox {
  readonly counters = { published: 0, sent: 0, spooled: 0, failures: 0, waits: 0 };
  readonly #options: Required<Omit<OutboxOptions, 'onFailure'>>;
  #queue: KafkaRecord[] = [];
  #octets = 0;
  #failure: unknown = null;
  #isAway = false;
  #isClosing = false;
  /** Resolves the pause of the loop; waits for work or for time. */
  #wake: () => void = () => {};
  #watchers: (() => void)[] = [];
  readonly #loop: Promise<void>;

  constructor(options: OutboxOptions) {
    const { capacity = 32 << 20, batch = 4 << 20, linger = 20, backoff = 250, maxBackoff = 5000 } = options;
    this.#options = { ...options, capacity, batch, linger, backoff, maxBackoff };
    // What an earlier process left goes first.
    this.#isAway = options.spool !== null && !options.spool.isEmpty;
    this.#loop = this.#run().catch((error) => {
      this.#fail(error);
      options.onFailure?.(error);
    });
  }

  /** The broker did not take the last batch, or what was published meanwhile is still being sent. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Resolves when the message is held in memory or on disk. Rejects when nothing can be sent any more. */
  async offer(record: KafkaRecord): Promise<void> {
    this.#assertOpen();
    if (!this.#take(record)) {
      this.counters.waits++;
      do {
        await this.#change();
        this.#assertOpen();
      } while (!this.#take(record));
    }
    this.counters.published++;
  }

  #assertOpen(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isClosing) throw new Error('The bus is closed.');
  }

  #take(record: KafkaRecord): boolean {
    if (this.#failure !== null) throw this.#failure;
    const { spool, capacity } = this.#options;
    if (this.#isAway && spool !== null) {
      this.#moveToSpool();
      return this.#queue.length === 0 && this.#spool(record);
    }
    if (this.#octets >= capacity) return false;
    this.#queue.push(record);
    this.#octets += weigh(record);
    this.#wake();
    return true;
  }

  #spool(record: KafkaRecord): boolean {
    if (!this.#options.spool!.append(record)) return false;
    this.counters.spooled++;
    this.#wake();
    return true;
  }

  /** Something has changed: there may be room. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #tell(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  get #isIdle(): boolean {
    return this.#queue.length === 0 && (this.#options.spool?.isEmpty ?? true);
  }

  async #run(): Promise<void> {
    const { linger, backoff, maxBackoff } = this.#options;
    let pause = backoff;
    while (!(this.#isClosing && (this.#isIdle || this.#isAway))) {
      if (this.#isIdle) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        if (!this.#isClosing) await wait(linger);
        continue;
      }
      if (await this.#sendOne()) {
        pause = backoff;
        continue;
      }
      if (this.#isClosing) break;
      await wait(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
      pause = Math.min(pause * 2, maxBackoff);
    }
  }

  /** Ends the pause. */
  readonly #closing = new AbortController();

  /** False when the broker did not take it. */
  async #sendOne(): Promise<boolean> {
    const { send, mayPass, spool, batch } = this.#options;
    const spooled = this.#isAway && spool !== null ? spool.peek(batch) : [];
    const records = spooled.length > 0 ? spooled : this.#head(batch);
    if (records.length === 0) {
      this.#isAway = false;
      this.#tell();
      return true;
    }
    try {
      await send(records);
    } catch (error) {
      this.counters.failures++;
      if (!mayPass(error)) throw error;
      this.#leave();
      return false;
    }
    this.counters.sent += records.length;
    if (spooled.length > 0) {
      spool!.sent(spooled.length);
      if (spool!.isEmpty) this.#isAway = false;
    } else {
      this.#drop(records.length);
      if (spool === null) this.#isAway = false;
    }
    this.#tell();
    return true;
  }

  #head(most: number): KafkaRecord[] {
    let end = 0;
    for (let octets = 0; end < this.#queue.length && octets < most; end++) octets += weigh(this.#queue[end]!);
    return this.#queue.slice(0, end);
  }

  #drop(count: number): void {
    for (const record of this.#queue.splice(0, count)) this.#octets -= weigh(record);
  }

  /** The broker is away: what is in memory goes behind what is on disk, as far as there is room. */
  #leave(): void {
    this.#isAway = true;
    if (this.#options.spool !== null) this.#moveToSpool();
    this.#tell();
  }

  #moveToSpool(): void {
    let kept = 0;
    while (kept < this.#queue.length && this.#spool(this.#queue[kept]!)) kept++;
    this.#drop(kept);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#tell();
  }

  /** Resolves when everything was acknowledged. */
  async flush(): Promise<void> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#isIdle) return;
      await this.#change();
    }
  }

  /** Takes nothing more. With the broker away, what is in the spool stays there for the next process. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    this.#closing.abort();
    await this.#loop;
    // Who waited for room waits in vain.
    this.#tell();
    this.#options.spool?.close();
    if (this.#failure !== null) throw this.#failure;
  }

  /** Messages in memory that nothing holds when the process ends. */
  get unsent(): number {
    return this.#queue.length;
  }
}

function weigh({ value }: KafkaRecord): number {
  return (value?.length ?? 0) + OVERHEAD;
}
