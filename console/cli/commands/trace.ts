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
  readonly app?: string;
  readonly label?: string;
  readonly userAgent?: string;
  readonly referer?: string;
  readonly session?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Rows of a table when nobody says how many. */
const tableRows = 50;

/** Subjects may be named together: calls of an account from an address, say. */
const subjectOptions = ['account', 'client', 'api', 'label', 'userAgent', 'referer', 'session', 'app'] as const;

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
    .option('--app <app>', options.app)
    .option('--label <label>', options.label)
    .option('--user-agent <text>', texts.leak.subject.userAgent)
    .option('--referer <text>', texts.leak.subject.referer)
    .option('--session <hash>', texts.leak.subject.session)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.callsLimit, wholeNumber(context, '--limit'))
    .option('--offset <n>', options.offset, wholeNumber(context, '--offset'));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => trace(context, given));
}

function trace(context: Context, options: Options): Promise<void> {
  const { texts, services, surroundings } = context;
  const { errors } = texts.findings;
  const isGiven = (each: keyof Options) => (options[each] ?? '') !== '';
  const given = (['value', 'valuesFile'] as const).filter(isGiven);
  const subjects = subjectOptions.filter(isGiven);
  if (given.length > 1 || (given.length === 1 ? subjects.length > 0 : subjects.length === 0)) {
    throw new UsageFault(errors.traceOne('--value, --values-file, --account, --client, --api'));
  }
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
    const calls = upTo(
      limit,
      askCalls(store, search, { ...period, limit, ...(options.offset ? { offset: options.offset } : {}) }),
      () => (more = true),
    );
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
  return shown === undefined ? query : { ...query, account: shown.key };
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
  if (options.value === undefined) return readSubjects(context, options, settings);
  const hashes = await services.traceHashes(options.value, settings.data, settings.config);
  if (hashes.length === 0) throw new UsageFault(texts.findings.errors.traceNothing);
  const labels = [...new Set(hashes.map((each) => each.label))].sort();
  return {
    query: { by: 'value', labels, shown: labels.map((label) => word(texts.terms.labels, label)).join(', ') },
    calls: 'trace-by-hash',
    parts: 'trace-parts',
    parameters: { hashes: hashes.map((each) => each.hash) },
  };
}

async function readSubjects(context: Context, options: Options, settings: Settings): Promise<Search> {
  const { client = '', api: apiId = '', app = '', label = '', userAgent = '', referer = '', session = '' } = options;
  const { accountHash } = await readAccount(context, options.account, settings);
  const parameters = { accountHash, client, apiId, app, label, userAgent, referer, session };
  const account = accountHash === '' ? '' : `#${accountHash.slice(0, 10)}`;
  const named = { account, client, apiId, label, userAgent, referer, session, app };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
  const words = { apiId: 'api', userAgent: 'user-agent' } as const;
  const [first] = Object.keys(given);
  const by = words[first as keyof typeof words] ?? first;
  return { query: { by, ...given } as TraceQuery, parameters, calls: 'calls', parts: 'subject-parts' };
}

function askCalls(
  store: Store,
  search: Search,
  { limit, ...rest }: Record<'since' | 'until' | 'limit', number> & { readonly offset?: number },
) {
  // One more than is shown tells whether there are more; the store takes 0 for no limit.
  const most = Number.isFinite(limit) ? limit + 1 : 0;
  return store.stream<TraceRow>(search.calls, { ...search.parameters, ...rest, limit: most });
}
