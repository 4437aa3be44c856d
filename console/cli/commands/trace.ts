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
import { newestPacket, offsetSeconds, type Period, readApiId, readPeriod } from '../filters.ts';
import { askPaths } from '../leak-suspects.ts';
import { name as word } from '../ledger-view.ts';
import { findMasked } from '../mask-search.ts';
import { note, noteEmpty } from '../notes.ts';
import { type OutputFormat, upTo, writeRows } from '../output.ts';
import { askOwners } from '../owner-cards.ts';
import { traceSample } from '../sample-trace.ts';
import { askApiNames, type PartRow, type SubjectLabelRow, type TraceRow } from '../subject-rows.ts';
import { groupThousands } from '../table.ts';
import { type Cards, type Missing, renderTrace, type TraceQuery, traceView, writeTraceJson } from '../trace-view.ts';
import { isMasked } from '../values-file.ts';

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
  readonly device?: string;
  readonly path?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Rows of a table when nobody says how many. */
const tableRows = 50;

/** Subjects may be named together: calls of an account from an address, say. */
const subjectOptions = [
  'account',
  'client',
  'api',
  'label',
  'userAgent',
  'referer',
  'session',
  'device',
  'app',
] as const;

/** Which calls, and how to find them. */
interface Search {
  readonly query: TraceQuery;
  readonly calls: string;
  readonly parts: string;
  readonly labels: string;
  readonly parameters: Parameters;
  readonly subjects: Subjects;
  /** To be told beside the answer. */
  readonly remark?: string;
}

/** As questions take them; '' filters nothing. */
type Subjects = Readonly<
  Record<'accountHash' | 'client' | 'apiId' | 'app' | 'label' | 'userAgent' | 'referer' | 'session' | 'device', string>
>;

export function addTrace(program: Command, context: Context): void {
  const { texts } = context;
  const { commands, options } = texts.help;
  const examples = [
    "apiris trace --value '138…' --since 30d",
    'apiris trace --values-file leaked.csv --path',
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
    .option('--device <kind>', texts.leak.subject.device)
    .option('--path', texts.leak.path.help)
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
  if (given.length > 1 || given.length + subjects.length === 0) {
    throw new UsageFault(
      errors.traceOne(
        '--value, --values-file, --account, --client, --api, --app, --label, --user-agent, --referer, --session, --device',
      ),
    );
  }
  if (options.valuesFile !== undefined) {
    const read = async (settings: Settings) => (await readSubjects(context, options, settings)).parameters;
    return traceSample(context, options.valuesFile, options, read);
  }
  return withStore(context, options, async (store, settings) => {
    const { zone } = settings.config;
    const period = await readPeriod(options, store, zone, texts);
    const search = await readSearch(context, store, options, settings);
    const format = formatOf(context, options);
    const offset = offsetSeconds(await newestPacket(store), zone);
    const cards = await askCards(store, search, { ...period, offset, path: options.path === true }, settings);
    const { parts, paths } = cards;
    const query = asShown(search.query, parts);
    const missing = options.value === undefined ? undefined : await askMissing(store);
    const limit = options.limit ?? (format === 'table' ? tableRows : Number.POSITIVE_INFINITY);
    let more = false;
    const calls = upTo(
      limit,
      askCalls(store, search, { ...period, limit, ...(options.offset ? { offset: options.offset } : {}) }),
      () => (more = true),
    );
    const view = traceView(query, texts, zone, settings.places);
    const { stdout } = surroundings;
    if (format === 'json') {
      await writeTraceJson(stdout, query, calls, view, { ...cards, places: settings.places }, missing);
      return;
    }
    if (format === 'table') {
      await stdout.write(
        renderTrace(query, cards, {
          ...{ texts, zone, width: stdout.columns, apis: cards.apis },
          places: settings.places,
        }),
      );
    }
    const count = await writeRows(stdout, format, calls, view);
    await notes(context, format, count, more, parts);
    if (search.remark !== undefined) await note(context, format, search.remark);
    if (paths?.length === 0) await note(context, format, texts.leak.path.none);
    if (options.value === undefined) return;
    const { trace } = texts.findings;
    if (missing)
      await note(context, format, trace.mayMiss(groupThousands(missing.values), groupThousands(missing.finds)));
    for (const notice of services.keyNotices(settings.data)) await note(context, format, notice);
  });
}

interface Wanted extends Period {
  readonly offset: number;
  readonly path: boolean;
}

async function askCards(
  store: Store,
  search: Search,
  { since, until, offset, path }: Wanted,
  { config }: Settings,
): Promise<Cards> {
  const asked = { ...search.parameters, since, until };
  const parts = await store.ask<PartRow>(search.parts, { ...asked, offsetSeconds: offset });
  const { accountHash, session, client } = search.subjects;
  const values = search.query.by === 'value' ? search.parameters : undefined;
  return {
    parts,
    apis: await askApiNames(store, parts),
    data: await store.ask<SubjectLabelRow>(search.labels, asked),
    owners: await askOwners(store, parts, config),
    ...(path
      ? { paths: await askPaths(store, { parts, named: { accountHash, session, client }, values, since, until }) }
      : {}),
  };
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
  const missing = { values: count('valuesOverLimit'), finds: count('identifiersOverLimit') };
  return missing.values + missing.finds === 0 ? undefined : missing;
}

async function notes(context: Context, format: OutputFormat, count: number, more: boolean, parts: readonly PartRow[]) {
  const { texts } = context;
  if (more) await note(context, format, texts.lists.more(count));
  else await noteEmpty(context, format, count);
  const sum = (kind: string) => parts.reduce((total, part) => total + (part.kind === kind ? part.calls : 0), 0);
  if (sum('account') < sum('day')) await note(context, format, texts.findings.trace.unknownAccounts);
}

async function readSearch(context: Context, store: Store, options: Options, settings: Settings): Promise<Search> {
  const { services, texts } = context;
  const named = await readSubjects(context, options, settings);
  if (options.value === undefined) return named;
  const hashes = await services.traceHashes(options.value, settings.data, settings.config);
  if (hashes.length === 0 && isMasked(options.value))
    return maskedSearch(context, store, options.value, settings, named);
  if (hashes.length === 0) throw new UsageFault(texts.findings.errors.traceNothing);
  const labels = [...new Set(hashes.map((each) => each.label))].sort();
  const shown = labels.map((label) => word(texts.terms.labels, label)).join(', ');
  const { by: _, ...subjects } = { ...named.query };
  return {
    query: { by: 'value', labels, shown, ...subjects },
    calls: 'trace-by-hash',
    parts: 'trace-parts',
    labels: 'trace-labels',
    parameters: { ...given(named.subjects), hashes: hashes.map((each) => each.hash) },
    subjects: named.subjects,
  };
}

function given(subjects: Subjects): Parameters {
  return Object.fromEntries(Object.entries(subjects).filter(([, value]) => value !== ''));
}

/** What a mask may stand for, as far as it was seen. */
async function maskedSearch(
  context: Context,
  store: Store,
  value: string,
  { data }: Settings,
  named: Search,
): Promise<Search> {
  const { leak } = context.texts;
  const mask = value.trim();
  const found = await findMasked(store, [mask], context.services.maskSearch(data), { since: 0, until: 0 });
  const hashes = found.seen.get(mask);
  if (hashes === undefined) throw new UsageFault(leak.openMask);
  return {
    ...{ calls: 'trace-by-hash', parts: 'trace-parts', labels: 'trace-labels', subjects: named.subjects },
    query: { by: 'value', labels: [], shown: '' },
    parameters: { ...given(named.subjects), hashes },
    remark: leak.maskedValue(groupThousands(found.tried), groupThousands(hashes.length)),
  };
}

async function readSubjects(context: Context, options: Options, settings: Settings): Promise<Search> {
  const { client = '', api: apiId = '', label = '', userAgent = '', referer = '' } = options;
  const [app, session] = [options.app?.toLowerCase() ?? '', options.session?.toLowerCase() ?? ''];
  const { device = '' } = options;
  const { accountHash } = await readAccount(context, options.account, settings);
  const subjects = { accountHash, client, apiId, app, label, userAgent, referer, session, device };
  const account = accountHash === '' ? '' : `#${accountHash.slice(0, 10)}`;
  const named = { account, client, apiId, label, userAgent, referer, session, device, app };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
  const words = { apiId: 'api', userAgent: 'user-agent' } as const;
  const [first] = Object.keys(given);
  const by = words[first as keyof typeof words] ?? first;
  const query = { by, ...given } as TraceQuery;
  return { query, parameters: subjects, subjects, calls: 'calls', parts: 'subject-parts', labels: 'subject-labels' };
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
