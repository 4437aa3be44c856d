/**
 * The sensor's role: packets → calls on the bus. `read` runs here, so no body and no clear value leaves this machine.
 * Keys are those of the analyzer, or its hashes would be of other persons.
 */
import { join } from 'node:path';
import type { HandshakeSum } from '../../analyzer/analyzer.ts';
import { createShedBoard, openSource, writePriorities } from '../../sensor/sensor.ts';
import type { SensorReport } from '../../storage/bus/calls.ts';
import { type Run, summarise } from '../accounting.ts';
import { type Capture, lookAtCaptures, streamId } from '../captures.ts';
import type { Config } from '../config.ts';
import { loadAnalysis } from '../content/analysis.ts';
import { equip } from '../equipment.ts';
import { readKeyLog } from '../key-log.ts';
import { type Environment, openKeys } from '../keys.ts';
import { sensorLimits } from '../limits.ts';
import { type LiveInput, MAX_LAG } from '../live-capture.ts';
import { priorityRows } from '../overload/priorities.ts';
import { type SheddingRow, SheddingRows } from '../overload/shedding-rows.ts';
import type { OverloadMarks } from '../overload/steps.ts';
import { becomeUser, handOver, isRoot, lookUpUser } from '../rights.ts';
import { runSensing, type Sensed, type SensedSoFar } from '../sensing.ts';
import type { MetricsPlace } from '../telemetry/server.ts';
import { Watched } from '../telemetry/standing.ts';
import { openTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { fingerprintOfKeys, openBus, sensorName } from './open.ts';
import { Publisher } from './publisher.ts';

export interface SenseToBusOptions {
  readonly inputs: readonly string[];
  /** Ports, in place of the inputs. */
  readonly live?: Extract<LiveInput, { kind: 'interfaces' }>;
  /** `kafka://host:port,…` */
  readonly url: string;
  /** Folder of the keys, and of what waits while the broker is away. */
  readonly data: string;
  readonly config: Config;
  readonly environment?: Environment;
  readonly shards?: number;
  /** Who to become once the ports are open. */
  readonly user?: string;
  /** Where to answer Prometheus and probes while ports are read, in place of the configuration's. */
  readonly metrics?: MetricsPlace;
  /** Packets are taken from here on. `metrics`: where they are; null for nowhere. */
  readonly onReady?: (notices: readonly string[], metrics: string | null) => void;
  readonly signal?: AbortSignal;
}

export interface SentSummary extends Run {
  /** Calls that went out. */
  readonly published: number;
  /** Messages that wait on disk for the broker; the next run sends them. */
  readonly spooled: number;
  readonly notices: readonly string[];
}

/** Between two reports of a live sensor, ms. */
const REPORT_EVERY_MS = 10_000;
/** Nothing is remembered of captures here: the analyzer knows what it has. */
const nowhere = { ask: async <T>(): Promise<T[]> => [] };

/** What a test may bring of its own. */
export interface SensorMeans {
  readonly open?: typeof openBus;
  readonly marks?: OverloadMarks;
}

const noPriorities =
  'No priorities are configured: when there is more than can be read, nothing is left out by its worth, and packets are ' +
  'dropped as they come (counted). Say in `priorities` what may be left unread first.';

/** Throws BusError, CaptureError, ConfigError, KeyError. */
export async function senseToBus(
  options: SenseToBusOptions,
  { open = openBus, marks }: SensorMeans = {},
): Promise<SentSummary> {
  const { inputs, live, config, data, signal, environment = process.env } = options;
  const shards = options.shards ?? config.shards;
  const user = options.user === undefined || !isRoot() ? null : lookUpUser(options.user);
  const keys = openKeys(data, environment);
  const analysis = await loadAnalysis(config);
  const { read } = equip(config, keys, analysis);
  const { captures, damage } = await lookAtCaptures(inputs, nowhere);
  // Throws, and says why none can be read.
  if (live === undefined && captures.length === 0) openSource(inputs).close();
  const sensor = sensorName(config.bus);
  const bus = await open({
    ...{ url: options.url, config: config.bus, environment, client: `apiris-sensor-${sensor}` },
    spool: join(data, 'outbox'),
  });
  if (user !== null) handOver(data, user);
  const isFile = live === undefined && captures.every(({ size }) => size !== null);
  const stream = isFile ? streamId(captures) : nameOf(sensor, options, captures);
  const publisher = new Publisher(bus, {
    ...{ sensor, stream, isLive: live !== undefined, keys: fingerprintOfKeys(keys), shards },
    maxLag: live === undefined ? undefined : MAX_LAG,
  });
  // There is no inventory here: what people say, beside the classes that are built in.
  const board = createShedBoard();
  writePriorities(board, priorityRows(config.priorities, []));
  const sheddings = new SheddingRows();
  let reportedAt = Number.NEGATIVE_INFINITY;
  const report = (so: SensedSoFar): void => {
    const now = performance.now();
    if (now - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = now;
    // A bus that fails is met where calls are published.
    publisher
      .report((sums) => reportOf(so, rowsOf(stream, so, captures, 'live'), sums, sheddings.take()))
      .catch(() => {});
  };
  const notices = [...keys.notices, ...analysis.problems, ...bus.notices];
  if (live !== undefined && config.priorities.length === 0) notices.push(noPriorities);
  const watched = new Watched();
  const telemetry: { now: Telemetry | null } = { now: null };
  if (live === undefined) options.onReady?.(notices, null);
  try {
    const sensed = await runSensing({
      ...{ inputs: captures.map(({ name }) => name), shards, signal, limits: sensorLimits(config) },
      keyLog: readKeyLog(config),
      output: { kind: 'calls', read },
      live: live && {
        input: live,
        shedding: { board, marks },
        onOpened: async () => {
          if (user !== null) becomeUser(user);
          telemetry.now = await openTelemetry(options.metrics, config.metrics, {
            role: 'sensor',
            standing: () => watched.standing(null, { bus: bus.counters, forgotten: null, disk: null }),
            store: null,
          });
          options.onReady?.(notices, telemetry.now?.address ?? null);
        },
        onCounters: (so) => {
          watched.take(so);
          sheddings.add(so.sheddings);
          report(so);
        },
      },
      take: (shard, message) => publisher.take(shard, message),
    });
    // A file that was not read to its end goes on when it is read again.
    const isOver = !(isFile && signal?.aborted);
    const all = { ...sensed, damage: [...damage, ...sensed.damage] };
    const rows = rowsOf(stream, all, captures, 'finished');
    await publisher.end(isOver ? (sums) => reportOf(all, rows, sums, sheddings.take()) : null);
    await settled(bus.flush(), bus.failed);
    const { sent, published } = bus.counters;
    return {
      ...summarise(all, sensed.counters),
      ...{ published: publisher.published, spooled: Math.max(0, published - sent), notices: [] },
    };
  } finally {
    await telemetry.now?.close();
    await bus.end();
  }
}

/** How long what is left may take to go out, ms: then it stays on disk for the next run. */
const LAST_MS = 10_000;

async function settled(flushed: Promise<void>, failed: Promise<never>): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref());
  await Promise.race([flushed, failed, late]);
}

/** What cannot be read again has a name of its own each time. */
function nameOf(sensor: string, { live }: SenseToBusOptions, captures: readonly Capture[]): string {
  const what = live === undefined ? captures.map(({ name }) => name).join(',') : live.options.interfaces.join(',');
  return `live ${sensor} ${what} ${new Date().toISOString()}`;
}

function rowsOf(
  stream: string,
  { inputs, extents, damage }: Pick<Sensed, 'inputs' | 'extents' | 'damage'>,
  captures: readonly Capture[],
  state: string,
): SensorReport['sources'] {
  return inputs.map((name, index) => {
    const capture = captures.find((each) => each.name === name && each.size !== null);
    const id = capture?.id ?? (inputs.length === 1 ? stream : `${stream} ${name}`);
    const extent = extents[index] ?? { packets: 0, firstTs: 0, lastTs: 0 };
    const told = JSON.stringify(damage.filter(({ input }) => input === name));
    return { id, name, size: capture?.size ?? 0, state, ...extent, damage: told };
  });
}

function reportOf(
  sensed: Pick<Sensed, 'counters' | 'weird' | 'damage'>,
  sources: SensorReport['sources'],
  handshakes: HandshakeSum[],
  sheddings: SheddingRow[],
): SensorReport {
  const { ledger, weird } = summarise({ ...sensed, bytesRead: 0, seconds: 0 }, sensed.counters);
  const oddities = weird.map(({ name, count }) => ({
    stage: 'weird',
    unit: 'times',
    name,
    kind: 'note',
    value: count,
  }));
  return { sources, handshakes, sheddings, ledger: [...ledger, ...oddities].map((entry) => ({ ...entry })) };
}
