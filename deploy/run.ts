/** The appliance: packets as they come → sensor → judge → store, until it is told to end. */
import { fstatSync } from 'node:fs';
import { createShedBoard } from '../sensor/sensor.ts';
import { InProcessBus } from '../storage/bus/in-process.ts';
import type { OfferPlace } from '../storage/store/offer.ts';
import { StoreError } from '../storage/store/store.ts';
import { openToken } from './access.ts';
import type { ReplaySummary } from './appliance.ts';
import { Audit } from './audit/live-audit.ts';
import type { Config } from './config.ts';
import { contentDigest, loadAnalysis } from './content/analysis.ts';
import { equip } from './equipment.ts';

import { readKeyLog } from './key-log.ts';
import { type Environment, openKeys } from './keys.ts';
import { sensorLimits } from './limits.ts';
import type { LiveInput } from './live-capture.ts';
import { LiveSession } from './live-session.ts';
import { type Offering, openOffering } from './offering.ts';
import { PriorityFeed } from './overload/priorities.ts';
import type { Pace } from './pace.ts';
import { Expiry, keepingOf } from './reveal/keeping.ts';
import { becomeUser, handOver, isRoot, lookUpUser } from './rights.ts';
import { runSensing } from './sensing.ts';
import type { ShardMessage } from './shard.ts';
import { type OpenedStore, openStore } from './stores.ts';
import type { MetricsPlace } from './telemetry/server.ts';
import { Watched } from './telemetry/standing.ts';
import { StoreMeter } from './telemetry/store-meter.ts';
import { openTelemetry, type Telemetry } from './telemetry/telemetry.ts';
import { Upkeep } from './upkeep.ts';

export type { OfferPlace } from '../storage/store/offer.ts';

export type RunInput =
  | Extract<LiveInput, { kind: 'interfaces' }>
  | Omit<Extract<LiveInput, { kind: 'folder' }>, 'known'>
  | Extract<LiveInput, { kind: 'stream' }>;

export interface RunOptions {
  readonly input: RunInput;
  /** Folder of the embedded store. */
  readonly data: string;
  readonly config: Config;
  /** Where keys may come from instead of the data folder; the process's own when absent. */
  readonly environment?: Environment;
  readonly shards?: number;
  /** Who to become once the ports are open. */
  readonly user?: string;
  /** Where to answer other processes; any free port of the loopback when its own is taken and none was named. */
  readonly listen?: OfferPlace;
  /** Where to answer Prometheus and probes, in place of the configuration's. */
  readonly metrics?: MetricsPlace;
  readonly pace?: Pace;
  /** Packets are taken from here on. */
  readonly onReady?: (ready: RunReady) => void;
  /** What a person should know meanwhile, a sentence each. */
  readonly onNotice?: (sentence: string) => void;
  /** Ends the run: what was received before is stored. */
  readonly signal: AbortSignal;
}

export interface RunReady {
  readonly address: string;
  /** Where metrics and health are; null for nowhere. */
  readonly metrics: string | null;
  /** What a person should know, one sentence each. */
  readonly notices: readonly string[];
}

const stillRoot =
  'This process keeps root’s rights while it reads what strangers send: name a user to become (--user NAME).';

/** Throws CaptureError, StoreError, ConfigError, KeyError. */
export async function runAppliance(options: RunOptions): Promise<ReplaySummary> {
  const running = new Running(options);
  let summary: ReplaySummary;
  let untold = '';
  try {
    summary = await running.run();
  } finally {
    untold = await running.close();
  }
  return untold === '' ? summary : { ...summary, notices: [...summary.notices, untold] };
}

/**
 * A pipe is opened once more by who reads it, so as not to block; a socket, which other programs give their children as
 * standard input, cannot be. Node makes it so when it looks at it; nothing is read here.
 */
function unblockSocket(): void {
  if (fstatSync(0).isSocket()) process.stdin.pause();
}

class Running {
  readonly #bus = new InProcessBus();
  #store: OpenedStore | undefined;
  #session: LiveSession | undefined;
  #offer: Offering | undefined;
  #audit: Audit | undefined;
  #upkeep: Upkeep | undefined;
  #expiry: Expiry | undefined;
  #priorities: PriorityFeed | undefined;
  #telemetry: Telemetry | null = null;

  constructor(private readonly options: RunOptions) {}

  async run(): Promise<ReplaySummary> {
    const { options } = this;
    const { config, data, signal, input } = options;
    const shards = options.shards ?? config.shards;
    const analysis = await loadAnalysis(config);
    const user = options.user === undefined ? null : lookUpUser(options.user);
    const dropsRights = user !== null && isRoot();
    this.#expiry = new Expiry(data, config, (sentence) => options.onNotice?.(sentence));
    // With another user to become, the folder is opened as that one, behind the ports.
    const stored = { data, config, environment: options.environment, tell: options.onNotice, signal, isPatient: true };
    if (!dropsRights) this.#store = await openStore(stored);
    else handOver(data, user);
    const keys = openKeys(data, options.environment);
    const token = openToken(data);
    const keeping = keepingOf(data, config, options.environment);
    if (dropsRights) handOver(data, user);
    const equipment = equip(config, keys, analysis);
    const begun = Date.now() * 1000;
    const board = createShedBoard();
    const live = await this.#live(input);
    const watched = new Watched();
    const meter = new StoreMeter();
    if (input.kind === 'stream' && input.name === '-') unblockSocket();
    // Where the input could not be opened the shards end all the same, and say so.
    this.#bus.subscribe<ShardMessage>('apiris.calls.v1', 'judge', async ({ partition, value }) =>
      this.#session?.judging.take(partition, value),
    );
    try {
      const sensed = await runSensing({
        inputs: [],
        shards,
        signal,
        limits: sensorLimits(config),
        keyLog: readKeyLog(config),
        output: { kind: 'calls', read: equipment.read, keeping },
        live: {
          input: live,
          shedding: input.kind === 'interfaces' ? { board } : null,
          onOpened: async () => {
            if (dropsRights) becomeUser(user);
            const { store, embedded } = (this.#store ??= await openStore(stored));
            const { pace } = options;
            const audit = await Audit.begin(meter.over(store), options, contentDigest(analysis), keys);
            this.#audit = audit;
            const session = await LiveSession.open(audit.store, {
              ...{ config, input: live, shards, equipment, content: analysis, pace, begun },
            });
            this.#session = session;
            const tell = (sentence: string) => options.onNotice?.(sentence);
            const upkeep = new Upkeep({ data, config, audit, opened: this.#store, tell });
            this.#upkeep = upkeep;
            // A server is asked where it is.
            if (embedded !== null) this.#offer = await openOffering(data, embedded.engine, token, options.listen);
            this.#telemetry = await openTelemetry(options.metrics, config.metrics, {
              role: 'run',
              standing: () => {
                const { ledger, forgotten } = session.judging;
                return watched.standing(ledger.counts, { bus: null, forgotten, disk: upkeep.disk });
              },
              store: { meter, questions: store },
            });
            this.#priorities = new PriorityFeed(board, store, config.priorities);
            const mine = [...keys.notices, ...analysis.problems, ...session.notices];
            if (isRoot() && input.kind === 'interfaces') mine.push(stillRoot);
            const metrics = this.#telemetry?.address ?? null;
            options.onReady?.({ address: this.#offer?.address ?? config.store.url, metrics, notices: mine });
          },
          onCounters: (so) => {
            watched.take(so);
            this.#session?.report(so);
          },
        },
        take: (shard, message) => this.#bus.publish('apiris.calls.v1', shard, message),
      });
      await this.#bus.drain();
      const run = await this.#session!.end(sensed);
      const [totals] = await this.#store!.store.ask<{ applications: number; apis: number }>('summary');
      const sources = sensed.inputs.map((name) => ({ name, id: '', state: 'read' as const }));
      return { ...run, sources, applications: totals?.applications ?? 0, apis: totals?.apis ?? 0, notices: [] };
    } catch (error) {
      // The bus says which message failed; people are told of the store.
      if (error instanceof Error && error.cause instanceof StoreError) throw error.cause;
      // What was judged before a thread failed stays.
      await this.#bus.close().catch(() => {});
      await this.#session?.fail();
      throw error;
    }
  }

  /** What of a folder was read before stands in the store. */
  async #live(input: RunInput): Promise<LiveInput> {
    if (input.kind !== 'folder') return input;
    return { ...input, known: this.#store === undefined ? [] : await LiveSession.known(this.#store.store) };
  }

  /** What a person should know of the end; '' for nothing. */
  async close(): Promise<string> {
    this.#upkeep?.end();
    this.#expiry?.end();
    this.#priorities?.end();
    await this.#telemetry?.close();
    if (this.#offer !== undefined) {
      await this.#offer.close();
    }
    await this.#bus.close().catch(() => {});
    const untold = await this.#audit?.end();
    await this.#store?.close();
    return untold ?? '';
  }
}
