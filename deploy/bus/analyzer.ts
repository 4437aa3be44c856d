/**
 * The analyzer's role: calls on the bus → judge → store, until it is told to end.
 *
 *   sensors ─▶ apiris.calls.v1 ─▶ streams (each call once, in one order) ─▶ judge ─▶ store ─▶ apiris.findings.v1
 *
 * How far the bus was read is kept with judge's memory, in one row, behind the rows it speaks of; only then is a message
 * acknowledged. So whenever the process ends, the next one goes on from what it knows to have learnt: rows that were
 * stored since are replaced by the same, and nothing is learnt twice.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { C, Ledger, withWaiting } from '../../sensor/ledger.ts';
import { type DistributedBus, type Message, Poison } from '../../storage/bus/bus.ts';
import { type CallsRecord, partitionOf } from '../../storage/bus/calls.ts';
import type { Row } from '../../storage/store/store.ts';
import { openToken } from '../access.ts';
import { storeSetting } from '../accounting.ts';
import { Audit } from '../audit/live-audit.ts';
import type { Config } from '../config.ts';
import { contentDigest, loadAnalysis } from '../content/analysis.ts';
import type { DiskState } from '../disk.ts';
import { equip, periodsOf } from '../equipment.ts';
import { JudgeMemory } from '../judge-memory.ts';
import { Judging } from '../judging.ts';
import { type Environment, openKeys } from '../keys.ts';
import { MAX_LAG } from '../live-capture.ts';
import { openOffering } from '../offering.ts';
import type { Pace } from '../pace.ts';
import { Expiry } from '../reveal/keeping.ts';
import type { OfferPlace, RunReady } from '../run.ts';
import { openStore } from '../stores.ts';
import type { MetricsPlace } from '../telemetry/server.ts';
import type { Standing } from '../telemetry/standing.ts';
import { StoreMeter } from '../telemetry/store-meter.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';
import { Upkeep } from '../upkeep.ts';
import { within } from '../within.ts';
import type { BusKept, Learnt } from './keeping.ts';
import { fingerprintOfKeys, openBus } from './open.ts';
import { PARTITIONS } from './publisher.ts';
import { Reports, type ReportsState } from './reports.ts';
import { MOST_WAITING, Streams, type StreamsState } from './streams.ts';

export interface AnalyzerOptions {
  /** `kafka://host:port,…` */
  readonly url: string;
  /** Folder of the embedded store and the keys. */
  readonly data: string;
  readonly config: Config;
  readonly environment?: Environment;
  /** Where to answer other processes; any free port of the loopback when its own is taken and none was named. */
  readonly listen?: OfferPlace;
  /** Where to answer Prometheus and probes, in place of the configuration's. */
  readonly metrics?: MetricsPlace;
  readonly pace?: Pace;
  /** The bus is read from here on. */
  readonly onReady?: (ready: RunReady) => void;
  /** What a person should know meanwhile, a sentence each. */
  readonly onNotice?: (sentence: string) => void;
  /** Ends it: what was judged is stored. */
  readonly signal: AbortSignal;
}

/** What came of a run. */
export interface AnalyzerSummary {
  readonly judged: number;
  /** Calls that came more than once, and were judged once. */
  readonly repeated: number;
  /** Calls that were published and never came: the topic had forgotten them. */
  readonly lost: number;
  /** Messages that could not be read. */
  readonly poisoned: number;
}

/** As it is kept with judge's memory. */
interface BusState {
  readonly streams: StreamsState;
  readonly reports: ReportsState;
  readonly judging: Readonly<Record<string, number>>;
}

/** What judging is the stream of, in the ledger: all sensors together. */
const SOURCE = 'bus';
const GROUP = 'apiris.judge';
const TICK_MS = 500;
/** How long a partition that is ahead waits for the others to come on, ms. */
const STALL_MS = 10_000;
/** How long findings may take to go out before what is stored goes on, ms. */
const FINDINGS_MS = 5000;
const FINDING_PARTITIONS = 8;

/** Throws BusError, StoreError, ConfigError, KeyError. */
export async function runAnalyzer(
  options: AnalyzerOptions,
  /** How the bus is opened; a test may bring its own. */
  open: typeof openBus = openBus,
): Promise<AnalyzerSummary> {
  const { data, config, environment = process.env } = options;
  const analysis = await loadAnalysis(config);
  const { onNotice: tell, signal } = options;
  const opened = await openStore({ data, config, environment, tell, signal, isPatient: true });
  const expiry = new Expiry(data, config, (sentence) => tell?.(sentence));
  const closing: (() => Promise<void> | void)[] = [() => opened.close(), () => expiry.end()];
  try {
    const keys = openKeys(data, environment);
    const begun = { data, config, environment, input: { bus: options.url } };
    const meter = new StoreMeter();
    const audit = await Audit.begin(meter.over(opened.store), begun, contentDigest(analysis), keys);
    closing.push(async () => {
      const untold = await audit.end();
      if (untold !== '') options.onNotice?.(untold);
    });
    const { store } = audit;
    const { judge } = equip(config, keys, analysis);
    const memory = await JudgeMemory.open(store, contentDigest(analysis));
    await storeSetting(store, 'lifecycle', periodsOf(config.lifecycle), memory);
    const bus = await open({
      ...{ url: options.url, config: config.bus, environment, client: 'apiris-analyzer' },
      onPoison: (what) => options.onNotice?.(`A message could not be read and is in apiris.dead.v1: ${what}.`),
    });
    closing.push(() => bus.end());
    const feed = new Feed(options, bus, memory, fingerprintOfKeys(keys));
    const judging = new Judging(store, memory, {
      ...{ source: SOURCE, again: false, live: true, shards: 0, pace: options.pace, judge, bus: feed },
    });
    await judging.restore();
    feed.restore(judging);
    const { embedded } = opened;
    // A server is asked where it is.
    const offering =
      embedded === null ? null : await openOffering(data, embedded.engine, openToken(data), options.listen);
    closing.push(() => offering?.close());
    const upkeep = new Upkeep({ data, config, audit, opened, tell: (sentence) => tell?.(sentence) });
    closing.push(() => upkeep.end());
    const telemetry = await openTelemetry(options.metrics, config.metrics, {
      ...{ role: 'analyzer', standing: () => feed.standing(judging, upkeep.disk) },
      store: { meter, questions: opened.store },
    });
    closing.push(() => telemetry?.close());
    options.onReady?.({
      address: offering?.address ?? config.store.url,
      metrics: telemetry?.address ?? null,
      notices: [...keys.notices, ...analysis.problems, ...bus.notices],
    });
    return await feed.run(judging);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

class Feed {
  #streams!: Streams;
  #reports!: Reports;
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;
  #moved: () => void = () => {};
  #findings: Promise<void> = Promise.resolve();
  #lostBefore = 0;

  constructor(
    private readonly options: AnalyzerOptions,
    private readonly bus: DistributedBus,
    private readonly memory: JudgeMemory,
    private readonly keys: string,
  ) {}

  /** Goes on from where what is kept in the store ends. */
  restore(judging: Judging): void {
    const state = this.memory.bus as BusState | null;
    this.#streams = new Streams(PARTITIONS, MAX_LAG, performance.now(), state?.streams ?? null);
    this.#reports = new Reports(state?.reports ?? null);
    for (const [name, value] of Object.entries(state?.judging ?? {})) {
      if (name in C) judging.ledger.counts[C[name as keyof typeof C]] = value;
    }
  }

  async run(judging: Judging): Promise<AnalyzerSummary> {
    const before = judging.judged;
    const { signal } = this.options;
    const subscription = this.bus.follow<CallsRecord>(
      'apiris.calls.v1',
      GROUP,
      (message, acknowledge) => this.#take(judging, message, acknowledge),
      this.#streams.positions,
    );
    const timer = setInterval(() => void this.#inTurn(() => this.#tick(judging)).catch(() => {}), TICK_MS);
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let failure: unknown = null;
    await Promise.race([stopped, this.bus.failed, this.#failed]).catch((error) => (failure = error));
    this.#isOver = true;
    clearInterval(timer);
    this.#moved();
    await this.#turn.catch(() => {});
    // What was judged is stored and acknowledged, whatever ended the run.
    await judging.flush().catch((error) => (failure ??= error));
    await within(
      this.#findings.catch(() => {}),
      FINDINGS_MS,
    );
    await subscription.close();
    if (failure !== null) throw failure;
    const { repeated, lost } = this.#streams;
    return { judged: judging.judged - before, repeated, lost, poisoned: this.bus.counters.poisoned };
  }

  #fail!: (error: unknown) => void;
  readonly #failed = new Promise<never>((_, reject) => (this.#fail = reject));

  /** One after the other, whichever partition they come from. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    this.#turn.catch((error) => this.#fail(error));
    return this.#turn;
  }

  async #take(judging: Judging, message: Message<CallsRecord>, acknowledge: () => void): Promise<void> {
    const { partition, offset, value: record } = message;
    if (record.keys !== this.keys) {
      throw new Poison(
        `the sensor ${record.sensor} hashes with other keys than this analyzer; give it the analyzer's identity.key and ` +
          'trace.key',
      );
    }
    await this.#room(partition);
    await this.#inTurn(async () => {
      if (this.#isOver) return;
      const looking = judging.look(this.#streams.fresh(record, partition));
      if (looking !== null) await looking;
      if (!this.#streams.isEnded(record.stream)) this.#reports.take(record);
      const due = this.#streams.take(partition, offset, record, performance.now(), acknowledge);
      const lost = this.#streams.lost - this.#lostBefore;
      this.#lostBefore = this.#streams.lost;
      judging.ledger.counts[C.callsLost]! += lost;
      judging.ledger.counts[C.callsToJudge]! += lost;
      await judging.takeDue(due, this.#time);
      this.#finish(judging);
      this.#moved();
    });
  }

  /** Packet time that all have come to; of files nobody knows what comes next. */
  get #time(): number {
    return this.#streams.hasLive ? this.#streams.due : Number.NaN;
  }

  /** A partition that is far ahead of the others waits for them: what it brings could not be judged yet. */
  async #room(partition: number): Promise<void> {
    const begun = performance.now();
    while (!this.#isOver && this.#streams.waiting > MOST_WAITING / 4 && this.#streams.isAhead(partition)) {
      if (performance.now() - begun > STALL_MS) return;
      await Promise.race([wait(TICK_MS), new Promise<void>((resolve) => (this.#moved = resolve))]);
    }
  }

  async #tick(judging: Judging): Promise<void> {
    if (this.#isOver) return;
    const { due, away } = this.#streams.passOver(performance.now());
    for (const sensor of away) {
      this.options.onNotice?.(`The sensor ${sensor} has said nothing for a minute: the others no longer wait for it.`);
    }
    await judging.takeDue(due, this.#time);
    this.#finish(judging);
  }

  readonly #ended: { source: string; firstTs: number; lastTs: number }[] = [];

  #finish(judging: Judging): void {
    for (const { source, firstTs, lastTs } of this.#streams.finish()) {
      judging.endStream(source);
      this.#reports.finish(source);
      this.#ended.push({ source, firstTs, lastTs });
    }
  }

  /** How it stands now: what sensors told, and what was judged of it. */
  standing({ ledger, forgotten }: Judging, disk: DiskState): Standing {
    const total = this.#reports.total();
    total.add(ledger.counts);
    const weird = this.#reports.oddities().map(({ name, value }) => ({ name: String(name), count: Number(value) }));
    return {
      ...{ counts: withWaiting(total.counts), weird, forgotten, bus: this.bus.counters, disk },
      ...{ damagedSources: 0, ringFill: null, shardLags: [] },
      ...this.#reports.sources(Date.now() * 1000),
    };
  }

  /** Of judging: what is to be stored with its memory. */
  keep(counts: Float64Array): BusKept {
    const { state, acknowledge } = this.#streams.keep();
    const ended = this.#ended.splice(0);
    const judged = Float64Array.from(counts);
    // What the kept memory has learnt is stored before it.
    judged[C.callsStored] = judged[C.callsToStore]!;
    const own = new Ledger();
    own.add(judged);
    const judging = Object.fromEntries(
      own.entries().flatMap(({ name, value }) => (value === 0 ? [] : [[name, value] as const])),
    );
    const total = this.#reports.total();
    total.add(judged);
    total.counts.set(withWaiting(total.counts));
    const version = this.memory.nextVersion();
    const ledger = [...total.entries(), ...this.#reports.oddities()].map((entry) => ({ source: SOURCE, ...entry }));
    const rows: Learnt[] = [['ledger', ledger]];
    const { sources, handshakes, sheddings } = this.#reports.changed();
    if (sheddings.length > 0) rows.push(['sheddings', sheddings]);
    if (sources.length > 0) rows.push(['sources', sources.map((row) => ({ ...row, version }))]);
    const sums = handshakes.flatMap(({ stream, sums }) => sums.map((sum) => ({ ...sum, stream })));
    if (sums.length > 0) rows.push(['handshakes', sums]);
    const kept: BusState = { streams: state, reports: this.#reports.state(), judging };
    return { rows, handshakes, state: kept, ended, saved: acknowledge };
  }

  /** Of judging: findings that are stored go out to whoever listens. */
  stored(table: string, rows: readonly Row[]): void {
    if (table !== 'findings') return;
    this.#findings = this.#findings.then(async () => {
      for (const { version: _, ...finding } of rows) {
        const partition = partitionOf(String(finding['id']), FINDING_PARTITIONS);
        await this.bus.publish('apiris.findings.v1', partition, finding);
      }
      await within(this.bus.flush(), FINDINGS_MS);
    });
    this.#findings.catch((error) => this.#fail(error));
  }
}
