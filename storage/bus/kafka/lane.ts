/**
 * One partition as a group reads it: messages wait here, are handled in their order, and what was acknowledged without
 * a gap may be committed. Bound: `WAITING` messages; beyond it the partition is not asked for more.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** Messages that wait to be handled, at most; each is up to some MiB. */
const WAITING = 8;

export interface LaneOptions<T> {
  /** Resolves when the next message may come; `acknowledge` says that this one is done with. */
  readonly handle: (message: T, acknowledge: () => void) => Promise<void>;
  /** Times a message is given to the handler before the bus stops. */
  readonly attempts: number;
  /** Pause before the second attempt, ms; doubles with each further one. */
  readonly backoff: number;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly acknowledged: () => void;
  /** The message failed for good. */
  readonly fail: (offset: number, attempts: number, error: unknown) => void;
}

export class Lane<T> {
  /** Offset of the message that comes next; below 0 as long as it isn't known. */
  received = -1;
  /** Every message before was acknowledged; below 0 as long as none was. */
  done = -1;
  readonly #queue: { readonly offset: number; readonly message: T }[] = [];
  /** Acknowledged before others that came before them. */
  readonly #ahead = new Set<number>();
  #running: Promise<void> | null = null;
  #isPaused = false;
  #isClosed = false;

  constructor(private readonly options: LaneOptions<T>) {}

  /** Takes a message as it comes from the broker; false when it came before. */
  push(offset: number, message: T): boolean {
    if (offset < this.received) return false;
    // Compaction and transactions leave holes: what is not there needs no acknowledgement.
    if (this.done < 0 || this.done === this.received) this.done = offset;
    else for (let hole = this.received; hole < offset; hole++) this.#ahead.add(hole);
    this.received = offset + 1;
    this.#queue.push({ offset, message });
    if (this.#queue.length >= WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.options.pause();
    }
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return true;
  }

  async #run(): Promise<void> {
    // Handlers start in a turn of their own.
    await null;
    while (this.#queue.length > 0 && !this.#isClosed) {
      const { offset, message } = this.#queue[0]!;
      if (!(await this.#handle(offset, message))) return;
      this.#queue.shift();
      if (this.#isPaused && this.#queue.length < WAITING / 2) {
        this.#isPaused = false;
        this.options.resume();
      }
    }
  }

  /** False when it was given up. */
  async #handle(offset: number, message: T): Promise<boolean> {
    const { handle, attempts, backoff, fail } = this.options;
    for (let attempt = 1; !this.#isClosed; attempt++) {
      try {
        await handle(message, () => this.#acknowledge(offset));
        return true;
      } catch (error) {
        if (attempt >= attempts) {
          this.#isClosed = true;
          fail(offset, attempt, error);
          return false;
        }
        await wait(backoff * 2 ** (attempt - 1));
      }
    }
    return false;
  }

  #acknowledge(offset: number): void {
    if (offset === this.done) {
      this.done++;
      while (this.#ahead.delete(this.done)) this.done++;
    } else if (offset > this.done) this.#ahead.add(offset);
    this.options.acknowledged();
  }

  /** Stops after the message in hand. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }
}
