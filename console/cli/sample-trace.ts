/** `apiris trace --values-file`: who had all of a leaked sample. Clear values are hashed at once, and dropped. */
import type { Parameters, Store } from '../../storage/store/store.ts';
import { type CommonOptions, type Context, formatOf, type Settings, withStore } from './context.ts';
import { exitCodes, UsageFault } from './faults.ts';
import { newestPacket, offsetSeconds, type Period, readPeriod } from './filters.ts';
import { askPath, type LeakPath } from './leak-path.ts';
import { findMasked } from './mask-search.ts';
import { type CoverRow, narrowest, together } from './narrowest.ts';
import { note } from './notes.ts';
import { csvLine } from './output.ts';
import { renderSample, type SampleAnswer, sampleJson } from './sample-view.ts';
import { askApiNames, type TraceRow } from './subject-rows.ts';
import { groupThousands } from './table.ts';
import { traceView } from './trace-view.ts';
import { isMasked, readValuesFile, type ValueLine } from './values-file.ts';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly path?: boolean;
}

/** What of the file can be looked for. */
interface Sample {
  /** Hash, colon, number of the value. */
  readonly values: readonly string[];
  readonly usable: number;
  /** Values by kind of data. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Lines with a mask of which all values were looked for that it may stand for, and how many those were. */
  readonly guessed: { readonly lines: readonly number[]; readonly tried: number };
  /** Numbers of lines that were left out. */
  readonly masked: readonly number[];
  readonly skipped: readonly number[];
}

/** Calls of the culprit that are named. */
const mostCalls = 1000;
const mostNamed = 20;
/** Values of which the calls lie everywhere, in a large store. */
const manyValues = 1000;
/** Ways that are told. */
const mostPaths = 3;
/** Calls with a value that are looked through for the culprit's. */
const mostLooked = 20_000;

export function traceSample(
  context: Context,
  file: string,
  options: Options,
  /** Whose calls are looked at; all when it says nothing. */
  readSubjects: (settings: Settings) => Promise<Parameters>,
): Promise<void> {
  const { texts, surroundings } = context;
  const lines = readValuesFile(file, texts);
  return withStore(context, options, async (store, settings) => {
    const { zone } = settings.config;
    const period = await readPeriod(options, store, zone, texts);
    const sample = await readSample(context, store, lines, settings, period);
    if (sample.usable === 0) {
      throw new UsageFault(texts.leak.nothing(file, groupThousands(sample.masked.length)));
    }
    const offset = offsetSeconds(await newestPacket(store), zone);
    const subjects = await readSubjects(settings);
    const { values } = sample;
    const rows = await store.ask<CoverRow>('trace-cover', {
      ...{ ...subjects, ...period, values, offsetSeconds: offset, many: values.length > manyValues },
    });
    const found = await answerOf(
      store,
      { sample, lines: lines.length, limit: options.limit ?? mostCalls, subjects },
      rows,
    );
    const paths = options.path === true ? await pathsOf(store, found, period) : undefined;
    const answer = paths === undefined ? found : { ...found, paths };
    const format = formatOf(context, options);
    const view = traceView({ by: 'value', labels: [], shown: '' }, texts, zone, settings.places);
    const calls = answer.calls.map((call) => view.json(call));
    const json = sampleJson(answer, calls);
    if (format === 'table')
      await surroundings.stdout.write(renderSample(answer, texts, zone, surroundings.stdout.columns));
    else if (format === 'json') await surroundings.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    else if (format === 'ndjson') await surroundings.stdout.write(`${JSON.stringify(json)}\n`);
    else await surroundings.stdout.write(answer.rows.map(csvOf).reduce((all, line) => all + line, csvLine(csvFields)));
    const { masked, skipped, guessed } = sample;
    const named = (numbers: readonly number[]) =>
      numbers.slice(0, mostNamed).join(', ') + (numbers.length > mostNamed ? ' …' : '');
    if (guessed.lines.length > 0) {
      const { lines: numbers, tried } = guessed;
      await note(
        context,
        format,
        texts.leak.guessed(groupThousands(numbers.length), groupThousands(tried), named(numbers)),
      );
    }
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

async function readSample(
  context: Context,
  store: Store,
  lines: readonly ValueLine[],
  settings: Settings,
  period: Period,
): Promise<Sample> {
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
  const masksOf = ({ fields: each }: ValueLine) => each.filter(isMasked);
  const masks = left.flatMap(masksOf);
  const search = masks.length === 0 ? () => null : context.services.maskSearch(settings.data);
  const found = await findMasked(store, masks, search, period);
  for (const hashes of found.seen.values()) {
    const number = numbers.size;
    numbers.set(`mask ${number}`, number);
    for (const hash of hashes) values.push(`${hash}:${number}`);
  }
  // The heading of a column is no value that was lost.
  const isHeading = ({ number, fields: each }: ValueLine) =>
    number === 1 && each.every((text) => !/\d{4}|[@*]/.test(text));
  const [masked, skipped, guessed]: [number[], number[], number[]] = [[], [], []];
  for (const line of left) {
    if (masksOf(line).some((mask) => found.seen.has(mask))) guessed.push(line.number);
    else if (masksOf(line).length > 0) masked.push(line.number);
    else if (!isHeading(line)) skipped.push(line.number);
  }
  return { values, usable: numbers.size, kinds, guessed: { lines: guessed, tried: found.tried }, masked, skipped };
}

/** The way of whoever is the narrowest explanation, else of those that explain it together. */
async function pathsOf(store: Store, answer: SampleAnswer, { since, until }: Period): Promise<LeakPath[]> {
  const { best, calls } = answer;
  const rows = best === undefined ? answer.together.map(({ row }) => row) : [best.row];
  const uids = new Set(calls.map(({ uid }) => uid));
  const paths: LeakPath[] = [];
  for (const { kind, key, first, last } of rows.slice(0, mostPaths)) {
    if (kind !== 'account' && kind !== 'client') continue;
    paths.push(await askPath(store, { suspect: { kind, key }, hits: [first, last], uids, since, until }));
  }
  return paths.filter(({ steps }) => steps.length > 0);
}

interface Asked {
  readonly sample: Sample;
  readonly lines: number;
  readonly limit: number;
  readonly subjects: Parameters;
}

async function answerOf(
  store: Store,
  { sample, lines, limit, subjects }: Asked,
  rows: readonly CoverRow[],
): Promise<SampleAnswer> {
  const all = rows.find(({ kind }) => kind === 'all');
  const found = all?.matched ?? 0;
  const best = found === 0 ? undefined : narrowest(rows, found);
  const hashes = [...new Set(sample.values.map((value) => value.slice(0, 16)))];
  const calls =
    all === undefined
      ? []
      : await store.ask<TraceRow>('trace-by-hash', {
          ...subjects,
          hashes,
          since: all.first,
          until: all.last + 1,
          limit: mostLooked,
        });
  const { kind, row } = best ?? {};
  const field = kind === 'api' ? 'apiId' : kind;
  const theirs = field === undefined || row === undefined ? calls : calls.filter((call) => call[field] === row.key);
  const apis = await askApiNames(
    store,
    [],
    rows.filter((each) => each.kind === 'api').map(({ key }) => key),
  );
  const completeness = calls.reduce((sum, call) => sum + call.completeness, 0) / Math.max(1, calls.length);
  return {
    ...{ lines, usable: sample.usable, found, rows, best, completeness },
    kinds: [...sample.kinds].map(([label, count]) => ({ label, count })),
    together: best === undefined ? together(rows) : [],
    ...{ calls: theirs.slice(0, limit), apis },
    guessed: sample.guessed.lines.length,
    masked: sample.masked.length,
    skipped: sample.skipped.length,
  };
}
