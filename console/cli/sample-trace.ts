/** `apiris trace --values-file`: who had all of a leaked sample. Clear values are hashed at once, and dropped. */
import type { Store } from '../../storage/store/store.ts';
import { type CommonOptions, type Context, formatOf, type Settings, withStore } from './context.ts';
import { exitCodes, UsageFault } from './faults.ts';
import { newestPacket, offsetSeconds, readPeriod } from './filters.ts';
import { type CoverRow, narrowest, together } from './narrowest.ts';
import { note } from './notes.ts';
import { csvLine } from './output.ts';
import { renderSample, type SampleAnswer, sampleJson } from './sample-view.ts';
import type { TraceRow } from './subject-rows.ts';
import { groupThousands } from './table.ts';
import { traceView } from './trace-view.ts';
import { isMasked, readValuesFile, type ValueLine } from './values-file.ts';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** What of the file can be looked for. */
interface Sample {
  /** Hash, colon, number of the value. */
  readonly values: readonly string[];
  readonly usable: number;
  /** Values by kind of data. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Numbers of lines that were left out. */
  readonly masked: readonly number[];
  readonly skipped: readonly number[];
}

/** Calls of the culprit that are named. */
const mostCalls = 1000;
const mostNamed = 20;
/** Calls with a value that are looked through for the culprit's. */
const mostLooked = 20_000;

export function traceSample(context: Context, file: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const lines = readValuesFile(file, texts);
  return withStore(context, options, async (store, settings) => {
    const { zone } = settings.config;
    const sample = await readSample(context, lines, settings);
    if (sample.usable === 0) {
      throw new UsageFault(texts.leak.nothing(file, groupThousands(sample.masked.length)));
    }
    const period = await readPeriod(options, store, zone, texts);
    const offset = offsetSeconds(await newestPacket(store), zone);
    const rows = await store.ask<CoverRow>('trace-cover', { values: sample.values, ...period, offsetSeconds: offset });
    const answer = await answerOf(store, sample, lines.length, rows, options.limit ?? mostCalls);
    const format = formatOf(context, options);
    const view = traceView({ by: 'value', labels: [], shown: '' }, texts, zone);
    const calls = answer.calls.map((call) => view.json(call));
    const json = sampleJson(answer, calls);
    if (format === 'table')
      await surroundings.stdout.write(renderSample(answer, texts, zone, surroundings.stdout.columns));
    else if (format === 'json') await surroundings.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    else if (format === 'ndjson') await surroundings.stdout.write(`${JSON.stringify(json)}\n`);
    else await surroundings.stdout.write(answer.rows.map(csvOf).reduce((all, line) => all + line, csvLine(csvFields)));
    const { masked, skipped } = sample;
    const named = (numbers: readonly number[]) =>
      numbers.slice(0, mostNamed).join(', ') + (numbers.length > mostNamed ? ' …' : '');
    if (masked.length > 0) await note(context, format, texts.leak.masked(groupThousands(masked.length), named(masked)));
    if (skipped.length > 0)
      await note(context, format, texts.leak.skipped(groupThousands(skipped.length), named(skipped)));
    for (const notice of context.services.keyNotices(settings.data)) await note(context, format, notice);
    // What could be looked for was; the file held more than that.
    if (masked.length + skipped.length > 0) context.exitCode = exitCodes.damaged;
  });
}

const csvFields = ['kind', 'key', 'matched', 'calls', 'persons', 'first', 'last'] as const;

function csvOf(row: CoverRow): string {
  return csvLine(csvFields.map((field) => row[field]));
}

async function readSample(context: Context, lines: readonly ValueLine[], settings: Settings): Promise<Sample> {
  const fields = lines.flatMap(({ number, fields: each }) => each.map((text) => ({ number, text })));
  const hashes = await context.services.traceHashesOfAll(
    fields.map(({ text }) => text),
    settings.data,
    settings.config,
  );
  const numbers = new Map<string, number>();
  const values: string[] = [];
  const kinds = new Map<string, number>();
  const used = new Set<number>();
  for (const [index, found] of hashes.entries()) {
    if (found.length === 0) continue;
    used.add(fields[index]!.number);
    const distinct = [...new Set(found.map(({ hash }) => hash))].sort();
    const key = distinct.join();
    if (numbers.has(key)) continue;
    const number = numbers.size;
    numbers.set(key, number);
    for (const hash of distinct) values.push(`${hash}:${number}`);
    const { label } = found[0]!;
    kinds.set(label, (kinds.get(label) ?? 0) + 1);
  }
  const left = lines.filter(({ number }) => !used.has(number));
  // The heading of a column is no value that was lost.
  const isHeading = ({ number, fields: each }: ValueLine) =>
    number === 1 && each.every((text) => !/\d{4}|[@*]/.test(text));
  const [masked, skipped]: [number[], number[]] = [[], []];
  for (const line of left) {
    if (line.fields.some(isMasked)) masked.push(line.number);
    else if (!isHeading(line)) skipped.push(line.number);
  }
  return { values, usable: numbers.size, kinds, masked, skipped };
}

async function answerOf(
  store: Store,
  sample: Sample,
  lines: number,
  rows: readonly CoverRow[],
  limit: number,
): Promise<SampleAnswer> {
  const all = rows.find(({ kind }) => kind === 'all');
  const found = all?.matched ?? 0;
  const best = found === 0 ? undefined : narrowest(rows, found);
  const hashes = [...new Set(sample.values.map((value) => value.slice(0, 16)))];
  const calls =
    all === undefined
      ? []
      : await store.ask<TraceRow>('trace-by-hash', {
          hashes,
          since: all.first,
          until: all.last + 1,
          limit: mostLooked,
        });
  const { kind, row } = best ?? {};
  const field = kind === 'api' ? 'apiId' : kind;
  const theirs = field === undefined || row === undefined ? calls : calls.filter((call) => call[field] === row.key);
  const completeness = calls.reduce((sum, call) => sum + call.completeness, 0) / Math.max(1, calls.length);
  return {
    ...{ lines, usable: sample.usable, found, rows, best, completeness },
    kinds: [...sample.kinds].map(([label, count]) => ({ label, count })),
    together: best === undefined ? together(rows) : [],
    calls: theirs.slice(0, limit),
    masked: sample.masked.length,
    skipped: sample.skipped.length,
  };
}
