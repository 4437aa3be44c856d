/**
 * From the shards' batches to the store: merge into one order, judge, keep. The state that a restart needs is saved
 * behind the rows it speaks of, never before them.
 */
import {
  type Alias,
  type ApiCall,
  HandshakeTally,
  handshakesId,
  Judge,
  type JudgedApi,
  type JudgedCall,
  type JudgeOptions,
  Merge,
  type PackedCall,
  packedCalls,
} from '../analyzer/analyzer.ts';
import { C, Ledger } from '../sensor/ledger.ts';
import type { Gathering, Row, Store } from '../storage/store/store.ts';
import { apiRow, profileRow, schemaRow } from './api-rows.ts';
import type { BusKeeping, BusKept, DueCall, DueStream, Learnt } from './bus/keeping.ts';
import { ContentId } from './content-id.ts';
import type { JudgeMemory } from './judge-memory.ts';
import { defaultPace, type Pace } from './pace.ts';
import type { ShardMessage } from './shard.ts';
import { StoredCalls } from './stored-calls.ts';
import { hearPeople } from './template-words.ts';
import { addValues, sumValues } from './value-rows.ts';

/**
 * Calls that are unpacked, judged and written together. One by one each step has to fetch what the steps before pushed
 * out of the processor's caches; very many are moved about by the collector before they are written.
 */
const together = 16;

/** Values that weigh as much as a call: exports have thousands, each a row of its own. */
const VALUES_A_ROW = 16;

/** Steps in which time goes on without calls, µs. */
const ADVANCE_US = 1e6;

/** Rows of one insert: a profile is some kilobytes. */
const profilesAtOnce = 4096;

export interface JudgingOptions {
  /** Names the stream of captures in the rows. */
  readonly source: string;
  /** The stream can be read again from its beginning: a file can, a pipe can't. */
  readonly again: boolean;
  readonly shards: number;
  /**
   * The stream is under way for as long as the appliance runs: what is wrong and what is usual is stored as it is learnt,
   * and what was learnt is kept for the next run, since nothing can be read again.
   */
  readonly live?: boolean;
  /** µs of packet time that one shard is waited for; without limit when absent. */
  readonly maxLag?: number;
  /** Calls that may wait for calls before them; as many as Merge allows when absent. */
  readonly maxWaiting?: number;
  readonly pace?: Pace | undefined;
  readonly judge: JudgeOptions;
  /** Where calls come by the bus (`takeDue`): what of it must be kept with judge's memory, as one. */
  readonly bus?: BusKeeping;
}

export class Judging {
  readonly ledger = new Ledger();
  readonly #judge: Judge;
  readonly #merge: Merge<PackedCall>;
  readonly #content = new ContentId();
  readonly #handshakes = new HandshakeTally();
  readonly #pace: Pace;
  readonly #stored: StoredCalls;
  /** The last call judged, by the order of calls. */
  #last: ApiCall | null = null;
  /** Packet time of the calls judged, µs. */
  readonly #span = { firstTs: Number.MAX_SAFE_INTEGER, lastTs: 0 };
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
  /** Packet time that judge was told of in silence, µs. */
  #advanced = 0;
  /** What judge's memories had forgotten when this run began. */
  #forgottenBefore = 0;

  constructor(
    private readonly store: Store,
    private readonly memory: JudgeMemory,
    private readonly options: JudgingOptions,
  ) {
    this.#judge = new Judge(options.judge);
    this.#merge = new Merge(options.shards, options.maxWaiting, options.maxLag);
    this.#pace = options.pace ?? defaultPace;
    this.#calls = store.gather('calls');
    this.#values = store.gather('valueLists');
    this.#stored = new StoredCalls(store, memory);
  }

  /** Calls judged in this run. */
  get judged(): number {
    return this.ledger.counts[C.callsJudged]!;
  }

  /** Entries that judging has forgotten in this run, because a memory was full. */
  get forgotten(): number {
    return Math.max(0, this.#judge.forgotten - this.#forgottenBefore);
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
    await hearPeople(this.#judge, this.store);
    this.#forgottenBefore = this.#judge.forgotten;
  }

  /** Takes a batch of a shard. Resolves when there is room for more; rejects once the store has failed. */
  async take(shard: number, message: ShardMessage): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#stopped) return;
    for (const sum of message.handshakes) this.#handshakes.merge(sum);
    const calls = message.calls === null ? [] : packedCalls(message.calls);
    const looking = this.#stored.look(calls);
    if (looking !== null) await looking;
    const due = this.#merge.push(shard, calls, message.watermark);
    for (let i = 0; i < due.length; i += together) this.#applyAll(due, i, Math.min(due.length, i + together));
    if (this.options.live) this.#advance(this.#merge.due);
    await this.#keepWhenDue();
  }

  /** Looks up calls that will be taken; null when there is nothing to wait for. */
  look(calls: readonly PackedCall[]): Promise<void> | null {
    return this.#stored.look(calls);
  }

  /**
   * Takes calls that were put into their order before, each of them new. `time`: packet time has come so far; not a
   * number where nobody knows. Rejects once the store has failed.
   */
  async takeDue(due: readonly DueCall[], time: number): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#stopped) return;
    for (let i = 0; i < due.length; i += together) {
      const some = due.slice(i, i + together);
      this.#applyAll(some, 0, some.length, some);
    }
    for (const call of due) call.applied();
    this.#advance(time);
    await this.#keepWhenDue();
  }

  /** A stream of several has ended, and all of it was judged. */
  endStream(source: string): void {
    this.#judge.settle();
    this.#judge.forget(source);
  }

  async #keepWhenDue(): Promise<void> {
    const now = performance.now();
    const { rows, octets, insertEveryMs, saveEveryMs, saveRest } = this.#pace;
    const saveDue = now - this.#savedAt >= Math.max(saveEveryMs, this.#savingTook * saveRest);
    const isMuch = this.#weight >= rows || this.#calls.octets + this.#values.octets >= octets;
    const hasRows = isMuch || (this.#gathered > 0 && now - this.#insertedAt >= insertEveryMs);
    // In silence windows close too.
    if (hasRows || (this.options.live && saveDue)) await this.#keep(saveDue);
  }

  /** Packet time has come to where every shard is: in silence windows close by it. */
  #advance(due: number): void {
    if (!Number.isFinite(due) || due < Math.max(this.#advanced, this.#last?.completedTs ?? 0) + ADVANCE_US) return;
    this.#advanced = due;
    this.#judge.advance(due);
  }

  #applyAll(
    due: readonly Pick<DueCall, 'unpack'>[],
    from: number,
    end: number,
    streams: readonly Pick<DueCall, 'stream'>[] | null = null,
  ): void {
    const calls: ApiCall[] = [];
    for (let i = from; i < end; i++) calls.push(due[i]!.unpack());
    const judged: JudgedCall[] = [];
    for (let i = 0; i < calls.length; i++) {
      const one = this.#apply(calls[i]!, streams === null ? null : streams[i]!.stream);
      if (one !== null) judged.push(one);
    }
    for (const call of judged) {
      sumValues(call);
      this.#calls.add(call);
      this.#gathered++;
      this.#weight += 1 + addValues(this.#values, call) / VALUES_A_ROW;
    }
  }

  /** Null for a call that was judged before. */
  #apply(call: ApiCall, stream: DueStream | null): JudgedCall | null {
    const { counts } = this.ledger;
    const { source } = stream ?? this.options;
    counts[C.callsToJudge]!++;
    this.#content.add(call.completedTs, call.uid);
    // A file that begins before what was judged is a stream of its own; of live ones there is one time.
    const last = stream === null || stream.isLive ? this.#last : stream.last;
    const isLate = last !== null && isBefore(call, last);
    if (isLate) counts[C.callsOutOfOrder]!++;
    else {
      this.#last = call;
      if (stream !== null) stream.last = call;
    }
    this.#span.firstTs = Math.min(this.#span.firstTs, call.ts);
    this.#span.lastTs = Math.max(this.#span.lastTs, call.completedTs);
    if (this.#stored.take(call.uid)) {
      counts[C.callsKnown]!++;
      return null;
    }
    const isNew = stream !== null;
    const judged = isLate ? this.#judge.applyLate(call, source, isNew) : this.#judge.apply(call, source);
    if (judged === null) {
      counts[C.callsKnown]!++;
      return null;
    }
    counts[C.callsJudged]!++;
    counts[C.callsToStore]!++;
    return judged;
  }

  /** Hands what has gathered to the store, behind what was handed to it before; waits for that only. */
  async #keep(save: boolean): Promise<void> {
    const calls = this.#gathered;
    // Values first: a call that is stored, and sealed, has its values.
    const gathered = [this.#values.take(), this.#calls.take()];
    this.#gathered = 0;
    this.#weight = 0;
    const apis = this.#apiRows(this.#judge.changedApis());
    const aliases = this.#aliasRows(this.#judge.changedAliases());
    // A cursor says that everything before it was judged: not so once the order was left.
    const { live, again, source, bus } = this.options;
    const saves = save && (live || (again && this.#merge.forced === 0));
    const begun = performance.now();
    const kept = saves ? bus?.keep(this.ledger.counts) : undefined;
    for (const { sums, stream, isLive } of kept?.handshakes ?? []) this.#judge.handshakes(sums, isLive ? null : stream);
    const shown = saves && live ? this.#shown() : [];
    const learnt = saves && live ? [...this.#learnt(), ...shown] : [];
    if (kept !== undefined) learnt.push(...kept.rows);
    const state = !saves
      ? undefined
      : kept !== undefined
        ? this.memory.keepBus(this.#judge, kept.ended, kept.state)
        : live
          ? this.memory.keep(this.#judge, source, this.#span)
          : this.memory.open(this.#judge);
    this.#insertedAt = performance.now();
    if (saves) {
      this.#savedAt = this.#insertedAt;
      this.#savingTook = this.#savedAt - begun;
    }
    const before = this.#storing;
    this.#storing = before.then(() =>
      this.#insert(calls, gathered, [['apis', apis], ['apiAliases', aliases], ...learnt], state, kept),
    );
    // A failure is met at the next batch or at the end; until then it must not count as unhandled.
    this.#storing.catch((error) => (this.#failure = error));
    await before;
    // A person may have said something of a field or a template meanwhile.
    if (saves && live) await hearPeople(this.#judge, this.store);
  }

  async #insert(
    calls: number,
    gathered: readonly (() => Promise<void>)[],
    learnt: readonly Learnt[],
    state: Promise<Row> | undefined,
    kept: BusKept | undefined,
  ): Promise<void> {
    for (const store of gathered) await store();
    this.ledger.counts[C.callsStored]! += calls;
    for (const [table, rows] of learnt) {
      if (rows.length === 0) continue;
      await this.store.insert(table, rows);
      this.options.bus?.stored(table, rows);
    }
    if (state !== undefined) await this.store.insert('snapshots', [await state]);
    kept?.saved();
  }

  #apiRows(apis: readonly JudgedApi[]): Row[] {
    const version = this.memory.nextVersion();
    return apis.map((api) => apiRow(api, version));
  }

  #aliasRows(aliases: readonly Alias[]): Row[] {
    const version = this.memory.nextVersion();
    return aliases.map((alias) => ({ ...alias, version }));
  }

  /** From here on nothing more is taken: the run is given up, what was judged stays. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Stores everything that was judged, and where another run goes on from. A stream that is over (`isOver`) is ended next,
   * which saves what it taught: until then the last saving is as good.
   */
  async flush({ isOver = false } = {}): Promise<void> {
    await this.#keep(!isOver);
    this.ledger.counts[C.memoriesForgotten] = this.forgotten;
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
    const apis = this.#apiRows(this.#judge.changedApis());
    if (apis.length > 0) await this.store.insert('apis', apis);
    const aliases = this.#aliasRows(this.#judge.changedAliases());
    if (aliases.length > 0) await this.store.insert('apiAliases', aliases);
    for (const [table, rows] of this.#learnt()) await this.store.insert(table, rows);
  }

  /** What has changed since the last time: what is wrong, what is usual, and how much has an owner. */
  *#learnt(): Iterable<Learnt> {
    const findings = this.#judge.changedFindings();
    const version = this.memory.nextVersion();
    const bindings = this.#judge.bindingRates().map((rate) => ({ ...rate, version }));
    if (bindings.length > 0) yield ['bindings', bindings];
    if (findings.length > 0) yield ['findings', findings.map((finding) => ({ ...finding, version }))];
    const schemas = this.#judge.changedSchemas();
    if (schemas.length > 0) yield ['schemas', schemas.map((schema) => schemaRow(schema, version))];
    for (const profiles of this.#judge.changedProfiles(profilesAtOnce)) {
      yield ['profiles', profiles.map((profile) => profileRow(profile, version))];
    }
  }

  /** Whether everything in the stream was read before, from captures in another form. */
  get isKnown(): boolean {
    return this.memory.knows(this.content);
  }

  /**
   * What the stream showed of TLS. Of a replay at its end alone: one that goes on after an interruption is read from its
   * beginning, and what it had shown so far would be counted again. A live one is never read again.
   */
  #shown(): Learnt[] {
    const { live, source } = this.options;
    const sums = live ? this.#handshakes.changed() : this.#handshakes.take();
    if (sums.length === 0) return [];
    const stream = live ? source : handshakesId(sums);
    this.#judge.handshakes(sums, live ? null : stream);
    return [['handshakes', sums.map((sum) => ({ ...sum, stream }))]];
  }

  /** After `flush`: the stream is read and will not be read again. What was known does not count twice. */
  async end(sources: readonly Row[]): Promise<void> {
    const shown = this.#shown();
    if (this.isKnown) {
      await this.memory.takeBack(this.#judge);
      await this.store.insert('apis', this.#apiRows(this.#judge.apis()));
      await this.store.insert('apiAliases', this.#aliasRows(this.#judge.aliases()));
    } else {
      await this.keepFindings();
    }
    for (const [table, rows] of shown) await this.store.insert(table, rows);
    this.#judge.forget(this.options.source);
    await this.memory.close(this.#judge, this.options.source, this.content, sources);
  }
}

function isBefore(a: ApiCall, b: ApiCall): boolean {
  return a.completedTs < b.completedTs || (a.completedTs === b.completedTs && a.uid < b.uid);
}
