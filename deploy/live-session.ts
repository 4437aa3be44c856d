/**
 * The storing side of a running appliance: judging, and every ten seconds what a restart and a reader need to know of
 * this run: where its packets went, which time it covers, what is still under way.
 */
import { Ledger, withWaiting } from '../sensor/ledger.ts';
import { MAX_IDS } from '../sensor/sensor.ts';
import type { Row, Store } from '../storage/store/store.ts';
import { ledgerRows, type Run, storeSetting, summarise } from './accounting.ts';
import type { Config } from './config.ts';
import { contentDigest } from './content/analysis.ts';
import { type Equipment, periodsOf } from './equipment.ts';
import { FolderRows } from './folder-rows.ts';
import { JudgeMemory } from './judge-memory.ts';
import { Judging } from './judging.ts';
import { type LiveInput, MAX_LAG } from './live-capture.ts';
import { SheddingRows } from './overload/shedding-rows.ts';
import type { Pace } from './pace.ts';
import type { Sensed, SensedSoFar } from './sensing.ts';

interface StoredSource {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly packets: number;
  readonly firstTs: number;
  readonly lastTs: number;
}

export interface SessionOptions {
  readonly config: Config;
  readonly input: LiveInput;
  readonly shards: number;
  readonly equipment: Equipment;
  readonly content: Parameters<typeof contentDigest>[0];
  readonly pace?: Pace | undefined;
  /** µs since 1970, at the beginning. */
  readonly begun: number;
}

/** A live source's row while it runs; `interrupted` when the process ended without saying so. */
const RUNNING = 'live';
/** Of the ids of runs. */
const PREFIX = 'live ';

/** ms between two savings of the ledger. */
const SAVE_EVERY_MS = 10_000;
export class LiveSession {
  readonly judging: Judging;
  /** One sentence each. */
  readonly notices: string[] = [];
  readonly #source: string;
  #savedAt = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();
  #isSaving = false;
  readonly #folder = new FolderRows();
  /** Steps of shedding that are not stored yet. */
  readonly #sheddings = new SheddingRows();

  private constructor(
    private readonly store: Store,
    private readonly memory: JudgeMemory,
    private readonly options: SessionOptions,
  ) {
    const { input, shards, equipment, pace } = options;
    this.#source = sourceOf(input, options.begun);
    this.judging = new Judging(store, memory, {
      ...{ source: this.#source, again: false, live: true, maxLag: MAX_LAG, shards, pace, judge: equipment.judge },
    });
  }

  static async open(store: Store, options: SessionOptions): Promise<LiveSession> {
    const memory = await JudgeMemory.open(store, contentDigest(options.content));
    await storeSetting(store, 'lifecycle', periodsOf(options.config.lifecycle), memory);
    const session = new LiveSession(store, memory, options);
    await session.judging.restore();
    await session.#findInterrupted();
    return session;
  }

  /** Ids of captures that were read to their end. */
  static async known(store: Store): Promise<string[]> {
    const stored = await store.ask<StoredSource>('sources', { id: '' });
    const finished = stored.filter(({ state }) => state === 'finished');
    return finished.slice(-MAX_IDS).map(({ id }) => id);
  }

  /** Runs that ended without saying so: the time they do not account for is named. */
  async #findInterrupted(): Promise<void> {
    const stored = await this.store.ask<StoredSource>('sources', { id: '' });
    for (const row of stored) {
      // Files of a folder are read again.
      if (row.state !== RUNNING || !row.id.startsWith(PREFIX)) continue;
      const until = row.lastTs > 0 ? new Date(row.lastTs / 1000).toISOString() : 'its beginning';
      const now = new Date(this.options.begun / 1000).toISOString();
      const reason =
        `the process ended unexpectedly: what came between ${until} and ${now} is not accounted for, and what was ` +
        'stored last may not have been learnt from.';
      const damage = JSON.stringify([{ input: row.name, offset: 0, reason }]);
      await this.store.insert('sources', [
        { ...row, state: 'interrupted', damage, version: this.memory.nextVersion() },
      ]);
      this.notices.push(`${row.name}: ${reason}`);
    }
  }

  /** Saves how things stand when it is time to. A store that fails is met by judging. */
  report(so: SensedSoFar): void {
    const now = performance.now();
    if (so.folder !== null) this.#folder.take(so.folder, now);
    this.#sheddings.add(so.sheddings);
    if (this.#isSaving || now - this.#savedAt < SAVE_EVERY_MS) return;
    this.#isSaving = true;
    this.#savedAt = now;
    const counters = this.#counters(so.counters);
    counters.counts.set(withWaiting(counters.counts));
    const run = summarise({ ...so, bytesRead: 0, seconds: 0 }, counters);
    const minutes = so.byMinute.rows(this.#source, true);
    const rows = this.#sourceRows({ ...so, damage: [...so.damage, ...so.incidents] }, RUNNING);
    this.#saving = this.#save(run, rows, minutes)
      .catch(() => {})
      .finally(() => (this.#isSaving = false));
  }

  #counters(sensor: Ledger): Ledger {
    const counters = new Ledger();
    counters.add(sensor.counts);
    counters.add(this.judging.ledger.counts);
    return counters;
  }

  async #save(run: Pick<Run, 'ledger' | 'weird'>, rows: Row[], minutes: Row[]): Promise<void> {
    await this.store.insert('ledger', ledgerRows(this.#source, run));
    await this.store.insert('sources', rows);
    if (minutes.length > 0) await this.store.insert('ledgerMinutes', minutes);
    await this.#saveSheddings();
  }

  async #saveSheddings(): Promise<void> {
    const rows = this.#sheddings.take();
    if (rows.length === 0) return;
    await this.store.insert(
      'sheddings',
      rows.map((row) => ({ ...row, source: this.#source })),
    );
  }

  /** After everything was taken: stores the rest, and closes the run. */
  async end(sensed: Sensed): Promise<Run> {
    await this.judging.flush();
    await this.#saving;
    const counters = this.#counters(sensed.counters);
    const run = summarise(sensed, counters);
    await this.store.insert('ledger', ledgerRows(this.#source, run));
    await this.store.insert('ledgerMinutes', sensed.byMinute.rows(this.#source, true));
    await this.#saveSheddings();
    await this.judging.end(this.#sourceRows(sensed, 'finished'));
    return run;
  }

  /** What can be saved of a run that failed. */
  async fail(): Promise<void> {
    await this.judging.flush();
    await this.judging.keepFindings();
  }

  /** A row an interface or stream; of a folder one for itself, and those of its files that have something new. */
  #sourceRows(
    { inputs, extents, damage, incidents }: Pick<SensedSoFar, 'inputs' | 'extents' | 'damage' | 'incidents'>,
    state: typeof RUNNING | 'finished',
  ): Row[] {
    const version = this.memory.nextVersion();
    const { input } = this.options;
    if (input.kind === 'folder') {
      // Its packets are told of its files. The time of the whole is told at the end: a folder that waits is not silent.
      const { firstTs, lastTs } = state === 'finished' ? extents[0]! : { firstTs: 0, lastTs: 0 };
      const own = { id: this.#source, name: input.path, size: 0, state, packets: 0, firstTs, lastTs };
      return this.#folder.rows(own, incidents, version, performance.now());
    }
    return inputs.map((name, index) => {
      const id = inputs.length === 1 ? this.#source : `${this.#source} ${name}`;
      const mine = JSON.stringify(damage.filter((one) => one.input === name));
      return { id, name, size: 0, state, ...extents[index], damage: mine, version };
    });
  }
}

function sourceOf(input: LiveInput, begun: number): string {
  const what =
    input.kind === 'interfaces'
      ? input.options.interfaces.join(',')
      : input.kind === 'folder'
        ? input.path
        : input.name;
  return `${PREFIX}${what} ${new Date(begun / 1000).toISOString()}`;
}
