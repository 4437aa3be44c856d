/**
 * From the shards' batches to the store: merge into one order, judge, keep. The state that a restart needs is saved
 * behind the rows it speaks of, never before them.
 */
import { type ApiCall, Judge, type JudgeSnapshot, Merge, unpackCalls } from '../analyzer/analyzer.ts';
import { C, Ledger } from '../sensor/ledger.ts';
import type { Row, Store } from '../storage/store/store.ts';
import type { ShardMessage } from './shard.ts';

/** Rows of one insert. Larger inserts cost less a row and wait longer. */
const ROWS = 32_768;
/** Wall-clock time after which fewer rows are inserted all the same, ms. */
const INSERT_EVERY_MS = 1000;
/** Wall-clock time between two savings of judge's state, ms. */
const SNAPSHOT_EVERY_MS = 10_000;

const SNAPSHOT = 'judge';

export class Judging {
  readonly ledger = new Ledger();
  readonly #judge = new Judge();
  readonly #merge: Merge<ApiCall>;
  #rows: Row[] = [];
  #storing: Promise<void> = Promise.resolve();
  #insertedAt = performance.now();
  #savedAt = performance.now();
  #version = 0;
  #stopped = false;

  constructor(
    private readonly store: Store,
    private readonly source: string,
    shards: number,
  ) {
    this.#merge = new Merge(shards);
  }

  /** Calls judged in this run. */
  get judged(): number {
    return this.ledger.counts[C.callsJudged]!;
  }

  /** Takes up what an earlier run has learnt. */
  async restore(): Promise<void> {
    const [saved] = await this.store.ask<{ payload: string }>('snapshot', { name: SNAPSHOT });
    if (saved !== undefined) this.#judge.restore(JSON.parse(saved.payload) as JudgeSnapshot);
  }

  /** Takes a batch of a shard. Resolves when there is room for more. */
  async take(shard: number, message: ShardMessage): Promise<void> {
    if (this.#stopped) return;
    const calls = message.calls === null ? [] : unpackCalls(message.calls);
    for (const call of this.#merge.push(shard, calls, message.watermark)) this.#apply(call);
    const now = performance.now();
    if (this.#rows.length >= ROWS || (this.#rows.length > 0 && now - this.#insertedAt >= INSERT_EVERY_MS)) {
      await this.#keep(now - this.#savedAt >= SNAPSHOT_EVERY_MS);
    }
  }

  #apply(call: ApiCall): void {
    const counts = this.ledger.counts;
    counts[C.callsToJudge]!++;
    const judged = this.#judge.apply(call, this.source);
    if (judged === null) {
      counts[C.callsKnown]!++;
      return;
    }
    counts[C.callsJudged]!++;
    counts[C.callsToStore]!++;
    this.#rows.push({ ...judged, source: this.source });
  }

  /** Hands the rows so far to the store, behind the insert before; waits for that one only. */
  async #keep(withState: boolean): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    const version = this.#nextVersion();
    const apis = this.#judge.changedApis().map((api) => ({ ...api, version }));
    const state = withState ? { name: SNAPSHOT, version, payload: JSON.stringify(this.#judge.snapshot()) } : undefined;
    this.#insertedAt = performance.now();
    if (withState) this.#savedAt = this.#insertedAt;
    await this.#storing;
    this.#storing = this.#insert(rows, apis, state);
    // A failure is met at the next insert or at the end; until then it must not count as unhandled.
    this.#storing.catch(() => {});
  }

  async #insert(rows: Row[], apis: Row[], state: Row | undefined): Promise<void> {
    if (rows.length > 0) await this.store.insert('calls', rows);
    this.ledger.counts[C.callsStored]! += rows.length;
    if (apis.length > 0) await this.store.insert('apis', apis);
    if (state !== undefined) await this.store.insert('snapshots', [state]);
  }

  /** Versions order the rows that replace each other, over restarts too. */
  #nextVersion(): number {
    this.#version = Math.max(this.#version + 1, Date.now() * 1000);
    return this.#version;
  }

  /** From here on nothing more is taken: the run is given up, what was judged stays. */
  stop(): void {
    this.#stopped = true;
  }

  /** Stores everything that was judged. `finished`: the source was read to its end and will not be read again. */
  async finish(finished: boolean): Promise<void> {
    this.ledger.counts[C.callsOutOfOrder]! += this.#merge.forced;
    if (finished) this.#judge.forget(this.source);
    await this.#keep(true);
    await this.#storing;
  }
}
