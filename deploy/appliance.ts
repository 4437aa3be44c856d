/**
 * The only wiring: captures → sensor → bus → judge → store.
 *
 *   capture thread ─ rings ─▶ shards (sensor, read) ─▶ bus ─▶ merge, judge ─▶ store      (main thread from the bus on)
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Merge } from '../analyzer/analyzer.ts';
import { C, Ledger, type LedgerEntry } from '../sensor/ledger.ts';
import { openSource } from '../sensor/sensor.ts';
import type { Bus } from '../storage/bus/bus.ts';
import { InProcessBus } from '../storage/bus/in-process.ts';
import type { AuditedStore } from '../storage/store/digests.ts';
import { openEmbeddedStore } from '../storage/store/embedded.ts';
import { lockHolder } from '../storage/store/folder.ts';
import { openServerStore } from '../storage/store/server.ts';
import { type Row, type Store, StoreError } from '../storage/store/store.ts';
import { readAccess } from './access.ts';
import { ledgerRows, type Run, storeSetting, summarise } from './accounting.ts';
import {
  type AuditReport,
  recordConfiguration,
  recordOperation,
  sealed,
  sealedOnDemand,
  type VerifyOptions,
  verifyAudit,
} from './audit/audit.ts';
import { type Capture, type Captures, lookAtCaptures, streamId } from './captures.ts';
import type { Config } from './config.ts';
import { contentDigest, loadAnalysis } from './content/analysis.ts';
import { type Equipment, equip, periodsOf } from './equipment.ts';
import { JudgeMemory } from './judge-memory.ts';
import { Judging } from './judging.ts';
import { readKeyLog } from './key-log.ts';
import { type Environment, type Keys, openKeys } from './keys.ts';
import { sensorLimits } from './limits.ts';
import { type LiveInput, MAX_LAG } from './live-capture.ts';
import type { Pace } from './pace.ts';
import { recognise } from './recognise.ts';
import { Expiry, keepingOf } from './reveal/keeping.ts';
import type { KeepingOptions } from './reveal/segment-writer.ts';
import { becomeUser, isRoot, lookUpUser } from './rights.ts';
import { runSensing, type Sensed } from './sensing.ts';
import type { RecordLine, ShardMessage } from './shard.ts';
import { openNamedServer, openStore } from './stores.ts';

export interface ReplayProgress {
  /** Octets of the inputs read so far. */
  readonly bytesRead: number;
  /** Octets of all inputs; null when one is a pipe. */
  readonly totalBytes: number | null;
  readonly packets: number;
  /** Calls judged so far. */
  readonly calls: number;
  /** Running maximum of packet time, integer µs. */
  readonly packetTime: number;
}

export interface ReplayOptions {
  readonly inputs: readonly string[];
  /** Folder of the keys, and of the embedded store. */
  readonly data: string;
  readonly config: Config;
  /** Where keys may come from instead of the data folder; the process's own when absent. */
  readonly environment?: Environment;
  readonly shards?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** What a person should know meanwhile, a sentence each. */
  readonly onNotice?: (sentence: string) => void;
  /** Ends the run early: what was judged stays stored, and another run goes on from there. */
  readonly signal?: AbortSignal;
}

export interface ReplaySummary extends Run {
  /** `read` now for the first time, `resumed` after an interruption, or `known`: read before, nothing done. */
  readonly sources: readonly {
    readonly name: string;
    readonly id: string;
    readonly state: 'read' | 'resumed' | 'known';
  }[];
  /** In the whole store. */
  readonly applications: number;
  readonly apis: number;
  /** What a person should know of keys, rules and recognizers, one sentence each; empty when all is in force. */
  readonly notices: readonly string[];
}

export interface SenseOptions {
  readonly inputs: readonly string[];
  /** Ports, in place of the inputs. */
  readonly live?: LiveInput;
  /** Who to become once the ports are open. */
  readonly user?: string;
  /** Packets of the ports are taken from here on. */
  readonly onReady?: () => void;
  readonly config: Config;
  readonly shards?: number;
  /** Keep bodies and show credentials as they were sent. */
  readonly bodies: boolean;
  /** Takes one line of NDJSON, without its line end. */
  readonly write: (line: string) => Promise<void> | void;
  readonly signal?: AbortSignal;
}

const learntAnew =
  'What is known here was learnt by another version of apiris: captures and APIs stay known, and what is usual, whose ' +
  'sessions are whose and what was half observed is learnt anew from here on.';

const otherContent =
  'Rules or recognizers have changed since: what was known of these captures was judged by the earlier ones, and stays ' +
  'so. To judge it by those in force now, read the captures into a new data folder (--data).';

function storedAlready(calls: number): string {
  return `${calls} calls were stored already, from captures that hold part of the same traffic, and were not counted again.`;
}

const WORTH_SUMMING = 200_000;

/** Octets of each body in a record: the size of a transaction on the bus. */
const RECORD_BODY = 256 * 1024;

/** Captures through the whole pipeline into the store. Throws CaptureError, StoreError. */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { data, config, environment, signal, onNotice: tell } = options;
  const opened = await openStore({ data, config, environment, signal, tell });
  const { store } = opened;
  const expiry = new Expiry(data, config, (sentence) => tell?.(sentence));
  try {
    const keys = openKeys(data, environment);
    const audit = await sealed(store, data, environment, config);
    for (const notice of keys.notices) {
      await recordOperation(audit.store, { kind: 'trace-key', subject: data, value: { notice } });
    }
    const record = async (captures: readonly Capture[], content: string): Promise<void> => {
      await recordConfiguration(audit.store, config, content, keys.identity);
      for (const { id, name, state } of captures) {
        await recordOperation(audit.store, { kind: 'replay', subject: id, value: { name, state } });
      }
    };
    const keeping = keepingOf(options.data, options.config, options.environment);
    const summary = await replayInto(audit.store, { ...options, keys, keeping, record });
    // Of few calls the sums are no help.
    if (summary.stored >= WORTH_SUMMING && !signal?.aborted) await store.hours.roll();
    const untold = await audit.untold();
    return { ...summary, notices: [...keys.notices, ...summary.notices, ...(untold === '' ? [] : [untold])] };
  } finally {
    expiry.end();
    await opened.close();
  }
}

/** The same into a store that is open already. `pace`: how often things are stored. */
export async function replayInto(
  store: Store,
  options: Omit<ReplayOptions, 'data'> & {
    readonly keys: Keys;
    /** How exchanges are kept sealed; not at all when absent. */
    readonly keeping?: KeepingOptions | null;
    readonly pace?: Pace;
    /** Told of what is about to be read, and of the digest of rules and recognizers it is judged by. */
    readonly record?: (captures: readonly Capture[], content: string) => Promise<void>;
  },
): Promise<ReplaySummary> {
  const analysis = await loadAnalysis(options.config);
  const memory = await JudgeMemory.open(store, contentDigest(analysis));
  await storeSetting(store, 'lifecycle', periodsOf(options.config.lifecycle), memory);
  const looked = await lookAtCaptures(options.inputs, store);
  const { captures, damage } = looked;
  const unread = captures.filter((capture) => capture.state !== 'known');
  if (unread.length > 0) await options.record?.(unread, contentDigest(analysis));
  const notices: string[] = unread.length > 0 && memory.isOfAnotherVersion ? [learntAnew] : [];
  // Throws, and says why none can be read.
  if (captures.length === 0) openSource(options.inputs).close();
  const run =
    unread.length > 0
      ? await readInto(
          store,
          memory,
          { captures: unread, damage },
          equip(options.config, options.keys, analysis),
          options,
        )
      : { ...(await recall(store, streamId(captures))), damage, known: true, repeated: 0 };
  const [totals] = await store.ask<{ applications: number; apis: number }>('summary');
  const { known, repeated, ...summary } = run;
  if (!known && repeated > 0) notices.push(storedAlready(repeated));
  const isKnown = ({ state }: Capture) => known || repeated > 0 || state === 'known';
  if (await judgedOtherwise(store, memory, captures.filter(isKnown))) notices.push(otherContent);
  return {
    ...summary,
    notices: [...analysis.problems, ...notices],
    sources: captures.map(({ name, id, state }) => ({
      name,
      id,
      state: known ? 'known' : state === 'new' ? 'read' : state,
    })),
    applications: totals?.applications ?? 0,
    apis: totals?.apis ?? 0,
  };
}

/** Captures to NDJSON records, in the order exchanges completed. Throws CaptureError. */
export async function sense(options: SenseOptions): Promise<ReplaySummary> {
  const { inputs, live, config, signal } = options;
  const shards = options.shards ?? config.shards;
  const user = options.user === undefined || !isRoot() ? null : lookUpUser(options.user);
  const merge = new Merge<RecordLine>(shards, undefined, live === undefined ? undefined : MAX_LAG);
  const onOpened = () => {
    if (user !== null) becomeUser(user);
    options.onReady?.();
  };
  const sensed = await runSensing({
    inputs,
    live: live && { input: live, onOpened, onCounters: () => {} },
    shards,
    signal,
    limits: sensorLimits(config),
    keyLog: readKeyLog(config),
    output: {
      ...{ kind: 'records', maxBody: options.bodies ? RECORD_BODY : 0, clear: options.bodies },
      sampling: config.sampling,
    },
    take: async (shard, message) => {
      for (const record of merge.push(shard, message.records, message.watermark)) await options.write(record.line);
    },
  });
  const sources = sensed.inputs.map((name) => ({ name, id: '', state: 'read' as const }));
  return { ...summarise(sensed, sensed.counters), sources, applications: 0, apis: 0, notices: [] };
}

/**
 * The store that is configured, or that of a data folder, to ask questions of: by way of the appliance where one is running
 * on it. Throws StoreError.
 */
export async function openStoreForReading(
  data: string,
  config: Config,
  /** Threads of the engine; its usual number when absent. */
  options: { readonly threads?: number } = {},
): Promise<AuditedStore> {
  const server = await openNamedServer(config);
  if (server !== null) return sealedOnDemand(server, data, config);
  try {
    return sealedOnDemand(await openEmbeddedStore(data, { mustExist: true, ...options }), data, config);
  } catch (error) {
    const access =
      error instanceof StoreError && error.code === 'locked'
        ? readAccess(data, lockHolder(join(data, 'engine')))
        : null;
    if (access === null) throw error;
    return openServerStore(access);
  }
}

/** Holds what a data folder stores against its seals. Throws StoreError, KeyError. */
export async function verifyFolder(config: Config, options: VerifyOptions): Promise<AuditReport> {
  // Hashing is all there is to do.
  const store = await openStoreForReading(options.data, config, { threads: availableParallelism() });
  try {
    return await verifyAudit(store, options);
  } finally {
    await store.close();
  }
}

interface Read extends Run {
  /** All of it was read before. */
  readonly known: boolean;
  /** Calls that other captures had given already. */
  readonly repeated: number;
}

const nothingRead: Run = {
  exchanges: 0,
  stored: 0,
  seconds: 0,
  packets: 0,
  bytes: 0,
  ledger: [],
  weird: [],
  damage: [],
  imbalances: [],
};

/** Whether what is known of these captures was judged by other rules or recognizers than are in force now. */
async function judgedOtherwise(store: Store, memory: JudgeMemory, captures: readonly Capture[]): Promise<boolean> {
  if (captures.length === 0) return false;
  const ids = new Set(captures.map(({ id }) => id));
  const stored = await store.ask<{ id: string; firstTs: number; lastTs: number }>('sources', { id: '' });
  return stored.some(({ id, firstTs, lastTs }) => ids.has(id) && memory.wasJudgedOtherwise(firstTs, lastTs));
}

/** What is remembered of captures that were read before: where everything went then. */
async function recall(store: Store, source: string): Promise<Run> {
  const values = new Map<string, number>();
  for (const { name, value } of await store.ask<LedgerEntry>('ledger', { source })) values.set(name, value);
  const weird = await store.ask<{ name: string; count: number }>('weird', { source });
  if (values.size === 0) return nothingRead;
  const ledger = new Ledger().entries().map((entry) => ({ ...entry, value: values.get(entry.name) ?? 0 }));
  return { ...nothingRead, ledger, weird };
}

async function readInto(
  store: Store,
  memory: JudgeMemory,
  { captures, damage }: Captures,
  equipment: Equipment,
  options: Parameters<typeof replayInto>[1],
): Promise<Read> {
  const { config, signal, onProgress, pace } = options;
  const shards = options.shards ?? config.shards;
  const source = streamId(captures);
  const again = captures.every(({ size }) => size !== null);
  const keyLog = readKeyLog(config);
  const known = again
    ? await recognise(store, {
        ...{ inputs: captures.map(({ name }) => name), shards, limits: sensorLimits(config), keyLog, signal },
        knows: (content) => memory.knows(content),
      })
    : null;
  if (known !== null) {
    await store.insert('sources', sourceRows(captures, 'finished', memory.nextVersion(), known));
    return {
      ...summarise({ ...known, damage: [...damage, ...known.damage] }, known.counters),
      known: true,
      repeated: 0,
    };
  }
  const judging = new Judging(store, memory, { source, again, shards, pace, judge: equipment.judge });
  await judging.restore();
  await store.insert('sources', sourceRows(captures, 'reading', memory.nextVersion()));

  const bus: Bus = new InProcessBus();
  bus.subscribe<ShardMessage>('apiris.calls.v1', 'judge', ({ partition, value }) => judging.take(partition, value));
  const totalBytes = again ? captures.reduce((sum, { size }) => sum + size!, 0) : null;
  const stop = (): void => judging.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const sensed = await runSensing({
      inputs: captures.map((capture) => capture.name),
      shards,
      signal,
      limits: sensorLimits(config),
      keyLog,
      output: { kind: 'calls', read: equipment.read, keeping: options.keeping },
      onProgress: (progress) => onProgress?.({ ...progress, totalBytes, calls: judging.judged }),
      take: (shard, message) => bus.publish('apiris.calls.v1', shard, message),
    });
    await bus.drain();
    // A file that was not read to its end will be read again; of a pipe this is all there will be.
    const isOver = !(signal?.aborted && again);
    await judging.flush({ isOver });
    const counters = new Ledger();
    counters.add(sensed.counters.counts);
    counters.add(judging.ledger.counts);
    counters.counts[C.inputsDamaged]! += damage.length;
    const run = summarise({ ...sensed, damage: [...damage, ...sensed.damage] }, counters);
    if (!isOver) {
      await judging.keepFindings();
      await store.insert('ledger', ledgerRows(source, run));
      return { ...run, known: false, repeated: judging.repeated };
    }
    const rows = sourceRows(captures, 'finished', memory.nextVersion(), sensed);
    const isKnown = judging.isKnown;
    if (!isKnown) {
      const name = again ? source : (judging.content ?? source);
      await store.insert('ledger', ledgerRows(name, run));
      await store.insert('ledgerMinutes', sensed.byMinute.rows(name, false));
    }
    await judging.end(rows);
    return { ...run, known: isKnown, repeated: judging.repeated };
  } catch (error) {
    // The bus says which message failed; people are told of the store.
    if (error instanceof Error && error.cause instanceof StoreError) throw error.cause;
    // What was judged before a thread failed stays, and need not be judged again.
    await bus.close().then(() => judging.flush());
    await judging.keepFindings();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await bus.close().catch(() => {});
  }
}

function sourceRows(
  captures: readonly Capture[],
  state: 'reading' | 'finished',
  version: number,
  sensed?: Sensed,
): Row[] {
  return captures.map(({ id, name, size }) => {
    const index = sensed?.inputs.indexOf(name) ?? -1;
    const extent = sensed?.extents[index] ?? { packets: 0, firstTs: 0, lastTs: 0 };
    const damage = JSON.stringify(sensed?.damage.filter(({ input }) => input === name) ?? []);
    return { id, name, size: size ?? 0, state, ...extent, damage, version };
  });
}
