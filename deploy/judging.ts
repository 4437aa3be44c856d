/**
 * From the shards' batches to the store: merge into one order, judge, keep. The state that a restart needs is saved
 * behind the rows it speaks of, never before them.
 */
import {
  type ApiCall,
  HandshakeTally,
  handshakesId,
  Judge,
  type JudgedApi,
  type JudgeOptions,
  Merge,
  unpackCalls,
} from '../analyzer/analyzer.ts';
import { C, Ledger } from '../sensor/ledger.ts';
import type { Gathering, Row, Store } from '../storage/store/store.ts';
import { apiRow, profileRow } from './api-rows.ts';
import { ContentId } from './content-id.ts';
import type { JudgeMemory } from './judge-memory.ts';
import type { ShardMessage } from './shard.ts';
import { StoredCalls } from './stored-calls.ts';
import { addValues } from './value-rows.ts';

/** How often things are stored. */
export interface Pace {
  /** Rows of one insert. Larger inserts cost less a row and wait longer. */
  readonly rows: number;
  /** Wall-clock time after which fewer rows are inserted all the same, ms. */
  readonly insertEveryMs: number;
  /** Wall-clock time between two savings of judge's state, ms. */
  readonly saveEveryMs: number;
  /** Times as long as the last saving took, at least, until the next: much memory takes long to write down. */
  readonly saveRest: number;
}

/** Of an insert's cost 40 ms are the same for one row and for thousands (parts, merges). */
const defaultPace: Pace = { rows: 32_768, insertEveryMs: 5000, saveEveryMs: 10_000, saveRest: 30 };

/** Values that weigh as much as a call: exports have thousands, each a row of its own. */
const VALUES_A_ROW = 16;

/** Rows of one insert: a profile is some kilobytes. */
const profilesAtOnce = 4096;

export interface JudgingOptions {
  /** Names the stream of captures in the rows. */
  readonly source: string;
  /** The stream can be read again from its beginning: a file can, a pipe can't. */
  readonly again: boolean;
  readonly shards: number;
  /** Calls that may wait for calls before them; as many as Merge allows when absent. */
  readonly maxWaiting?: number;
  readonly pace?: Pace | undefined;
  readonly judge: JudgeOptions;
}

export class Judging {
  readonly ledger = new Ledger();
  readonly #judge: Judge;
  readonly #merge: Merge<ApiCall>;
  readonly #content = new ContentId();
  readonly #handshakes = new HandshakeTally();
  readonly #pace: Pace;
  readonly #stored: StoredCalls;
  /** The last call judged, by the order of calls. */
  #last: ApiCall | null = null;
  readonly #calls: Gathering;
  readonly #values: Gathering;
  /** Calls gathered for the next insert. */
  #gathered = 0;
  /** Of them, in rows of usual size. */
  #weight = 0;
  #storing: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #insertedAt = performance.now();
  #savedAt = performance.now();
  /** What the last saving took, ms. */
  #savingTook = 0;
  #stopped = false;
  /** What judge's memories had forgotten when this run began. */
  #forgottenBefore = 0;

  constructor(
    private readonly store: Store,
    private readonly memory: JudgeMemory,
    private readonly options: JudgingOptions,
  ) {
    this.#judge = new Judge(options.judge);
    this.#merge = new Merge(options.shards, options.maxWaiting);
    this.#pace = options.pace ?? defaultPace;
    this.#calls = store.gather('calls');
    this.#values = store.gather('valueLists');
    this.#stored = new StoredCalls(store, memory.streams);
  }

  /** Calls judged in this run. */
  get judged(): number {
    return this.ledger.counts[C.callsJudged]!;
  }

  /** Calls that were stored already, from other captures. */
  get repeated(): number {
    return this.#stored.taken;
  }

  /** What was read so far, named by its calls. */
  get content(): string | null {
    return this.#content.value;
  }

  /** Takes up what an earlier run has learnt. */
  async restore(): Promise<void> {
    await this.memory.restore(this.#judge, this.options.again ? this.options.source : null);
    this.#forgottenBefore = this.#judge.forgotten;
  }

  /** Takes a batch of a shard. Resolves when there is room for more; rejects once the store has failed. */
  async take(shard: number, message: ShardMessage): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#stopped) return;
    for (const sum of message.handshakes) this.#handshakes.merge(sum);
    const calls = message.calls === null ? [] : unpackCalls(message.calls);
    const looking = this.#stored.look(calls);
    if (looking !== null) await looking;
    for (const call of this.#merge.push(shard, calls, message.watermark)) this.#apply(call);
    const now = performance.now();
    const { rows, insertEveryMs, saveEveryMs, saveRest } = this.#pace;
    if (this.#weight >= rows || (this.#gathered > 0 && now - this.#insertedAt >= insertEveryMs)) {
      await this.#keep(now - this.#savedAt >= Math.max(saveEveryMs, this.#savingTook * saveRest));
    }
  }

  #apply(call: ApiCall): void {
    const { counts } = this.ledger;
    const { source } = this.options;
    counts[C.callsToJudge]!++;
    this.#content.add(call.completedTs, call.uid);
    const isLate = this.#last !== null && isBefore(call, this.#last);
    if (isLate) counts[C.callsOutOfOrder]!++;
    else this.#last = call;
    if (this.#stored.take(call.uid)) {
      counts[C.callsKnown]!++;
      return;
    }
    const judged = isLate ? this.#judge.applyLate(call, source) : this.#judge.apply(call, source);
    if (judged === null) {
      counts[C.callsKnown]!++;
      return;
    }
    counts[C.callsJudged]!++;
    counts[C.callsToStore]!++;
    this.#calls.add(judged);
    this.#gathered++;
    this.#weight += 1 + addValues(this.#values, judged) / VALUES_A_ROW;
  }

  /** Hands what has gathered to the store, behind what was handed to it before; waits for that only. */
  async #keep(save: boolean): Promise<void> {
    const calls = this.#gathered;
    const gathered = [this.#calls.take(), this.#values.take()];
    this.#gathered = 0;
    this.#weight = 0;
    const apis = this.#apiRows(this.#judge.changedApis());
    // A cursor says that everything before it was judged: not so once the order was left.
    const saves = save && this.options.again && this.#merge.forced === 0;
    const begun = performance.now();
    const state = saves ? this.memory.open(this.#judge) : undefined;
    this.#insertedAt = performance.now();
    if (saves) {
      this.#savedAt = this.#insertedAt;
      this.#savingTook = this.#savedAt - begun;
    }
    const before = this.#storing;
    this.#storing = before.then(() => this.#insert(calls, gathered, apis, state));
    // A failure is met at the next batch or at the end; until then it must not count as unhandled.
    this.#storing.catch((error) => (this.#failure = error));
    await before;
  }

  async #insert(
    calls: number,
    gathered: readonly (() => Promise<void>)[],
    apis: Row[],
    state: Row | undefined,
  ): Promise<void> {
    for (const store of gathered) await store();
    this.ledger.counts[C.callsStored]! += calls;
    if (apis.length > 0) await this.store.insert('apis', apis);
    if (state !== undefined) await this.store.insert('snapshots', [state]);
  }

  #apiRows(apis: readonly JudgedApi[]): Row[] {
    const version = this.memory.nextVersion();
    return apis.map((api) => apiRow(api, version));
  }

  /** From here on nothing more is taken: the run is given up, what was judged stays. */
  stop(): void {
    this.#stopped = true;
  }

  /** Stores everything that was judged, and where another run goes on from. */
  async flush(): Promise<void> {
    await this.#keep(true);
    this.ledger.counts[C.memoriesForgotten] = Math.max(0, this.#judge.forgotten - this.#forgottenBefore);
    this.ledger.counts[C.tlsHandshakesBeyond] = this.#handshakes.beyond;
    await this.#storing;
  }

  /**
   * Stores what is wrong, what is usual, and how much has an owner. Not before the stream has ended, or is given up:
   * only then is it sure that its calls were not known from another capture, and a finding that counted them twice could
   * not be taken back.
   */
  async keepFindings(): Promise<void> {
    this.#judge.settle();
    const findings = this.#judge.changedFindings();
    const version = this.memory.nextVersion();
    const bindings = this.#judge.bindingRates().map((rate) => ({ ...rate, version }));
    if (bindings.length > 0) await this.store.insert('bindings', bindings);
    if (findings.length > 0) {
      await this.store.insert(
        'findings',
        findings.map((finding) => ({ ...finding, version })),
      );
    }
    for (const profiles of this.#judge.changedProfiles(profilesAtOnce)) {
      await this.store.insert(
        'profiles',
        profiles.map((profile) => profileRow(profile, version)),
      );
    }
  }

  /** Whether everything in the stream was read before, from captures in another form. */
  get isKnown(): boolean {
    return this.memory.knows(this.content);
  }

  /**
   * Stores what the stream showed of TLS. At its end alone: a stream that goes on after an interruption is read from its
   * beginning, and what it had shown so far would be counted again.
   */
  async #keepHandshakes(): Promise<void> {
    const sums = this.#handshakes.take();
    const stream = handshakesId(sums);
    await this.store.insert(
      'handshakes',
      sums.map((sum) => ({ ...sum, stream })),
    );
  }

  /** After `flush`: the stream is read and will not be read again. What was known does not count twice. */
  async end(sources: readonly Row[]): Promise<void> {
    if (this.isKnown) {
      this.memory.takeBack(this.#judge);
      await this.store.insert('apis', this.#apiRows(this.#judge.apis()));
    } else {
      await this.keepFindings();
    }
    if (this.#handshakes.size > 0) await this.#keepHandshakes();
    this.#judge.forget(this.options.source);
    await this.memory.close(this.#judge, this.options.source, this.content, sources);
  }
}

function isBefore(a: ApiCall, b: ApiCall): boolean {
  return a.completedTs < b.completedTs || (a.completedTs === b.completedTs && a.uid < b.uid);
}
