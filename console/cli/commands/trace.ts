/** `apiris trace`: who got a value, or what an account, client or API did. A clear value is hashed at once and dropped. */
import type { Command } from 'commander';
import type { LedgerEntry } from '../../../sensor/ledger.ts';
import type { Parameters, Store } from '../../../storage/store/store.ts';
import { readAccount } from '../account.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  type Settings,
  wholeNumber,
  withStore,
} from '../context.ts';
import { UsageFault } from '../faults.ts';
import { newestPacket, offsetSeconds, readApiId, readPeriod } from '../filters.ts';
import { name as word } from '../ledger-view.ts';
import { note, noteEmpty } from '../notes.ts';
import { type OutputFormat, upTo, writeRows } from '../output.ts';
import { traceSample } from '../sample-trace.ts';
import { askApiNames, type PartRow, type TraceRow } from '../subject-rows.ts';
import { groupThousands } from '../table.ts';
import { type Missing, renderTrace, type TraceQuery, traceView, writeTraceJson } from '../trace-view.ts';

interface Options extends CommonOptions {
  readonly value?: string;
  readonly valuesFile?: string;
  readonly account?: string;
  readonly client?: string;
  readonly api?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** Rows of a table when nobody says how many. */
const tableRows = 50;

/** Which calls, and how to find them. */
interface Search {
  readonly query: TraceQuery;
  readonly calls: string;
  readonly parts: string;
  readonly parameters: Parameters;
}

export function addTrace(program: Command, context: Context): void {
  const { texts } = context;
  const { commands, options } = texts.help;
  const examples = [
    "apiris trace --value '138…' --since 30d",
    'apiris trace --values-file leaked.csv',
    "apiris trace --account '138****5678#3f9a01c2be' --format json | jq '.clients'",
  ];
  const command = defineCommand(program, context, 'trace', commands.trace, examples)
    .option('--value <value>', options.traceValue)
    .option('--values-file <file>', texts.leak.help)
    .option('--account <account>', options.account)
    .option('--client <ip>', options.client)
    .option('--api <id>', options.api, (text) => readApiId(text, texts))
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.callsLimit, wholeNumber(context, '--limit'));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => trace(context, given));
}

function trace(context: Context, options: Options): Promise<void> {
  const { texts, services, surroundings } = context;
  const { errors } = texts.findings;
  const given = (['value', 'valuesFile', 'account', 'client', 'api'] as const).filter(
    (each) => (options[each] ?? '') !== '',
  );
  if (given.length !== 1) throw new UsageFault(errors.traceOne('--value, --values-file, --account, --client, --api'));
  if (options.valuesFile !== undefined) return traceSample(context, options.valuesFile, options);
  return withStore(context, options, async (store, settings) => {
    const { zone } = settings.config;
    const period = await readPeriod(options, store, zone, texts);
    const search = await readSearch(context, options, settings);
    const format = formatOf(context, options);
    const offset = offsetSeconds(await newestPacket(store), zone);
    const parts = await store.ask<PartRow>(search.parts, { ...search.parameters, ...period, offsetSeconds: offset });
    const apis = await askApiNames(store, parts);
    const query = asShown(search.query, parts);
    const missing = options.value === undefined ? undefined : await askMissing(store);
    const limit = options.limit ?? (format === 'table' ? tableRows : Number.POSITIVE_INFINITY);
    let more = false;
    const calls = upTo(limit, askCalls(store, search, { ...period, limit }), () => (more = true));
    const view = traceView(query, texts, zone);
    const { stdout } = surroundings;
    if (format === 'json') {
      await writeTraceJson(stdout, query, calls, view, parts, apis, missing);
      return;
    }
    if (format === 'table') {
      await stdout.write(renderTrace(query, parts, { texts, zone, width: stdout.columns, apis }));
    }
    const count = await writeRows(stdout, format, calls, view);
    await notes(context, format, count, more, parts);
    if (options.value === undefined) return;
    const { trace } = texts.findings;
    if (missing)
      await note(context, format, trace.mayMiss(groupThousands(missing.values), groupThousands(missing.finds)));
    for (const notice of services.keyNotices(settings.data)) await note(context, format, notice);
  });
}

/** An account is named as the store shows it: what was typed before its # may be anything, a clear name too. */
function asShown(query: TraceQuery, parts: readonly PartRow[]): TraceQuery {
  if (query.by !== 'account') return query;
  const shown = parts.find(({ kind, key }) => kind === 'account' && key.endsWith(query.account));
  return shown === undefined ? query : { by: 'account', account: shown.key };
}

/** What messages held beyond the bounds of reading, so that no trace can find it; undefined when that is nothing. */
async function askMissing(store: Store): Promise<Missing | undefined> {
  const ledger = await store.ask<LedgerEntry>('ledger');
  const count = (counter: string) => ledger.find(({ name }) => name === counter)?.value ?? 0;
  const missing = { values: count('valuesOverLimit'), finds: count('factsOverLimit') };
  return missing.values + missing.finds === 0 ? undefined : missing;
}

async function notes(context: Context, format: OutputFormat, count: number, more: boolean, parts: readonly PartRow[]) {
  const { texts } = context;
  if (more) await note(context, format, texts.lists.more(count));
  else await noteEmpty(context, format, count);
  const sum = (kind: string) => parts.reduce((total, part) => total + (part.kind === kind ? part.calls : 0), 0);
  if (sum('account') < sum('day')) await note(context, format, texts.findings.trace.unknownAccounts);
}

async function readSearch(context: Context, options: Options, settings: Settings): Promise<Search> {
  const { services, texts } = context;
  const bySubject = (query: TraceQuery, parameters: Parameters): Search => ({
    ...{ query, parameters, calls: 'calls', parts: 'subject-parts' },
  });
  if (options.client !== undefined)
    return bySubject({ by: 'client', client: options.client }, { client: options.client });
  if (options.api !== undefined) return bySubject({ by: 'api', apiId: options.api }, { apiId: options.api });
  if (options.account !== undefined) {
    const { accountHash } = await readAccount(context, options.account, settings);
    return bySubject({ by: 'account', account: `#${accountHash.slice(0, 10)}` }, { accountHash });
  }
  const hashes = await services.traceHashes(options.value!, settings.data, settings.config);
  if (hashes.length === 0) throw new UsageFault(texts.findings.errors.traceNothing);
  const labels = [...new Set(hashes.map((each) => each.label))].sort();
  return {
    query: { by: 'value', labels, shown: labels.map((label) => word(texts.terms.labels, label)).join(', ') },
    calls: 'trace-by-hash',
    parts: 'trace-parts',
    parameters: { hashes: hashes.map((each) => each.hash) },
  };
}

function askCalls(store: Store, search: Search, { limit, ...period }: Record<'since' | 'until' | 'limit', number>) {
  // One more than is shown tells whether there are more; the store takes 0 for no limit.
  const most = Number.isFinite(limit) ? limit + 1 : 0;
  return store.stream<TraceRow>(search.calls, { ...search.parameters, ...period, limit: most });
}
