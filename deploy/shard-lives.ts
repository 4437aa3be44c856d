/**
 * What is known of a shard over the threads that ran it, one after the other. A thread that died told its counters with
 * its last batch: what it held then is lost (`afterCrash`), and what it took since is counted by the next one.
 */
import { afterCrash, C, Ledger } from '../sensor/ledger.ts';
import { WeirdCounts } from '../sensor/weird.ts';
import type { ShardBefore, ShardMessage } from './shard.ts';

export interface ShardLoss {
  readonly shard: number;
  /** The counters of the thread that died, balanced. */
  readonly ledger: Float64Array;
  readonly weird: Float64Array;
  /** Connections it followed, as told last. */
  readonly flows: number;
  /** One sentence; the time is added by who knows it. */
  readonly reason: string;
}

/** Deaths of one shard within `TOO_SOON_MS` after which nobody takes its place: it would go on for ever. */
const MAX_DEATHS = 5;
const TOO_SOON_MS = 60_000;

export class ShardLives {
  #last: ShardMessage | null = null;
  /** Calls that arrived of this life. */
  #calls = 0;
  #segments = 0;
  #watermark = 0;
  readonly #deaths: number[] = [];

  constructor(
    private readonly shard: number,
    private readonly shards: number,
    private readonly makesCalls: boolean,
  ) {}

  /** What the next thread must know; null for the first one. */
  get before(): ShardBefore | null {
    return this.#deaths.length === 0 ? null : { segments: this.#segments, watermark: this.#watermark };
  }

  take(message: ShardMessage): void {
    this.#last = message;
    this.#calls += message.calls?.size ?? 0;
  }

  /** The thread has died. Null when that came too often of late for another to be of use. `now` in ms. */
  end(error: unknown, now: number): ShardLoss | null {
    this.#deaths.push(now);
    if (this.#deaths.length > MAX_DEATHS) this.#deaths.shift();
    if (this.#deaths.length === MAX_DEATHS && now - this.#deaths[0]! < TOO_SOON_MS) return null;
    const last = this.#last;
    const ledger = last === null ? new Ledger().counts : afterCrash(last.ledger, this.makesCalls ? this.#calls : null);
    if (last !== null) {
      this.#segments += ledger[C.segmentsTaken]! + ledger[C.crashSegments]!;
      this.#watermark = Math.max(this.#watermark, last.watermark);
    }
    this.#last = null;
    this.#calls = 0;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    const reason =
      `worker thread ${this.shard + 1} of ${this.shards} ended unexpectedly (${cause}) and was replaced; ` +
      `${last?.flows ?? 0} connections it followed were lost`;
    return {
      shard: this.shard,
      ledger,
      weird: last?.weird ?? new WeirdCounts().counts,
      flows: last?.flows ?? 0,
      reason,
    };
  }
}
