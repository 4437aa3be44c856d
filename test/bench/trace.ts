/**
 * Tracing over very many calls: the tables are made by the engine itself, then the questions behind `apiris trace` are asked.
 *
 * What is made: calls of 30 days, spread evenly; 20 applications with 25 APIs each, 5,000 clients, 2,000 accounts; one value a call,
 * evenly out of persons that are a fifth as many as the calls. One account more, the thief, made 10,000 calls at even
 * distances, and was given another person by each: these are the leaked sample. All of them were given to others too, about
 * five times each, as anybody was.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CoverRow, narrowest } from '../../console/cli/narrowest.ts';
import { shippedFiles } from '../../storage/store/client-store.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Store } from '../../storage/store/store.ts';
import { median } from './report.ts';

export interface TraceFigures {
  readonly calls: number;
  /** Seconds to make the tables. */
  readonly making: number;
  /** Seconds for all questions of `trace --value`: the first, and the median of nine others. */
  readonly first: number;
  readonly one: number;
  /** Seconds for a sample of that many values, median of three. */
  readonly values: number;
  readonly sample: number;
  readonly found: number;
  readonly culprit: string;
  /** Seconds for what a dashboard asks of 30 days: from the calls alone, and once hours are summed up. */
  readonly dashboard: number;
  readonly summed: number;
  /** Seconds to sum them up, and what the sums take on disk, octets a call. */
  readonly summing: number;
  readonly sumOctets: number;
}

const leaked = 10_000;
/** Odd, so that every person has a hash of its own, and spread over all of them (2^64 / golden ratio). */
const spread = 11_400_714_819_323_198_485n;
const begin = Date.UTC(2026, 9, 20) * 1000;
const rowsAtOnce = 5_000_000;

function hashOf(person: number): string {
  return ((BigInt(person) * spread) & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0');
}

/** The `n`th call: who, when, through what. */
function statements(calls: number): string[] {
  const [stride, persons] = [Math.floor(calls / leaked), Math.floor(calls / 5)];
  const step = Math.floor((30 * 86_400e6) / calls);
  const who = `if(n % ${stride} = 0, 2000, cityHash64(n, 1) % 2000)`;
  const key = `${begin} + n * ${step} AS ts, concat('app', toString(cityHash64(n, 4) % 20), '.example') AS app, cityHash64(n) AS flow, toUInt32(1) AS depth`;
  const made: string[] = [];
  for (let from = 0; from < calls; from += rowsAtOnce) {
    const numbers = `(SELECT number AS n FROM numbers(${from}, ${Math.min(rowsAtOnce, calls - from)}))`;
    made.push(
      `INSERT INTO calls (ts, app, flow, depth, completedTs, server, serverPort, client, clientPort, httpVersion, method, path,
        template, format, apiId, status, success, responseType, userAgent, requestBytes, responseBytes, durationUs,
        completeness, pairing, v, source, account, accountHash, session, functions, labelsResponse, persons, block)
      SELECT ${key}, ts + 2000, '10.20.1.7', 8080, concat('10.1.', toString(intDiv(cityHash64(n, 3) % 5000, 250)), '.', toString(cityHash64(n, 3) % 250)),
        40000 + n % 20000, '1.1', 'GET', concat('/api/v1/items', toString(cityHash64(n, 4) % 500), '/****'),
        concat('/api/v1/items', toString(cityHash64(n, 4) % 500), '/{id}'), 'REST', leftPad(lower(hex(cityHash64(n, 4) % 500)), 16, '0'),
        200, 1, 'application/json', concat('agent ', toString(n % 50)), 300, 800 + n % 1000, 1000 + n % 9000, 1, 'paired', 1, 'bench',
        concat('a***#', leftPad(toString(${who}), 10, '0')), rightPad(leftPad(toString(${who}), 10, '0'), 16, '0'),
        leftPad(lower(hex(cityHash64(${who}, intDiv(n, 1000000)))), 16, '0'), ['query'], [('mobile', 1, 1, '138****5678', 0)], 1, intDiv(n, 30000) + 1
      FROM ${numbers}`,
      `INSERT INTO \`values\` (hash, ts, app, flow, depth, direction, label, place)
      SELECT toUInt64(if(n % ${stride} = 0, intDiv(n, ${stride}) % ${leaked}, cityHash64(n, 5) % ${persons})) * toUInt64('${spread}') AS hash,
        ${key}, 'response', 'mobile', 'body.data.mobile'
      FROM ${numbers}`,
    );
  }
  return made;
}

export async function traceFigures(folder: string, calls: number, tell: (line: string) => void): Promise<TraceFigures> {
  const shipped = shippedFiles();
  const tables = join(folder, 'tables');
  mkdirSync(tables, { recursive: true });
  cpSync(shipped.tables, tables, { recursive: true });
  // What is stored is made as a migration: the engine carries it out by itself.
  writeFileSync(join(tables, '900-bench.sql'), `${statements(calls).join(';\n')};\n`);
  const started = performance.now();
  const files = { ...shipped, tables: pathToFileURL(`${tables}/`) };
  await (await openEmbeddedStore(join(folder, 'data'), { files, queryMemory: 8 * 2 ** 30 })).close();
  const making = seconds(started);
  const store = await openEmbeddedStore(join(folder, 'data'), { files });
  try {
    tell(`made ${calls} calls in ${making.toFixed(0)} s`);
    const times: number[] = [];
    for (let i = 0; i < 10; i++) times.push(await timed(() => askOne(store, hashOf(i * 97))));
    tell(`one value: ${times.map((time) => time.toFixed(2)).join(', ')} s`);
    const values = Array.from({ length: leaked }, (_, person) => `${hashOf(person)}:${person}`);
    const samples: number[] = [];
    let rows: CoverRow[] = [];
    for (let i = 0; i < 3; i++) {
      samples.push(
        await timed(async () => {
          rows = await store.ask<CoverRow>('trace-cover', { values, offsetSeconds: 28_800, many: true });
        }),
      );
    }
    tell(`${leaked} values: ${samples.map((time) => time.toFixed(2)).join(', ')} s`);
    const found = rows.find(({ kind }) => kind === 'all')?.matched ?? 0;
    const culprit = narrowest(rows, found)?.row.key ?? '';
    const dashboard = await timed(() => askDashboard(store));
    const summing = await timed(() => store.hours.roll());
    const summed: number[] = [];
    for (let i = 0; i < 3; i++) summed.push(await timed(() => askDashboard(store)));
    const sumOctets = (await octetsOf(store, 'callHours')) / calls;
    const took = `${dashboard.toFixed(2)} s, summed up (${summing.toFixed(1)} s) ${median(summed).toFixed(2)} s`;
    tell(
      `dashboard of 30 days: ${took}, ${sumOctets.toFixed(1)} octets a call beside ${((await octetsOf(store, 'calls')) / calls).toFixed(1)}`,
    );
    const [first, ...others] = times;
    return {
      ...{ calls, making, first: first!, one: median(others), values: leaked, sample: median(samples) },
      ...{ found, culprit, dashboard, summed: median(summed), summing, sumOctets },
    };
  } finally {
    await store.close();
  }
}

/** What `apiris trace --value` asks. */
async function askOne(store: Store, hash: string): Promise<void> {
  const hashes = [hash];
  await store.ask('trace-parts', { hashes, offsetSeconds: 28_800 });
  await store.ask('trace-labels', { hashes });
  const calls = await store.ask('trace-by-hash', { hashes, limit: 51 });
  if (calls.length === 0) throw new Error(`No call has ${hash}.`);
}

/** What the first page of a console shows: applications, and calls by day. */
async function askDashboard(store: Store): Promise<void> {
  const offsetSeconds = 28_800;
  await store.ask('apps', { offsetSeconds });
  await store.ask('stats', { by: 'app', every: 86_400, offsetSeconds });
}

async function octetsOf(store: EmbeddedStore, table: string): Promise<number> {
  const sizes = `SELECT sum(bytes_on_disk) AS octets FROM system.parts WHERE active AND table = '${table}' AND database = currentDatabase()`;
  const { chunks } = await store.engine.question(sizes, {}, 'JSONEachRow');
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return (JSON.parse(text) as { octets: number }).octets;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return seconds(started);
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}
