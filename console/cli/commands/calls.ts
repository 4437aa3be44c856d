/** `apiris calls`: the access log. */
import type { Command } from 'commander';
import type { Parameters } from '../../../storage/store/store.ts';
import { readAccount } from '../account.ts';
import { appNames } from '../app-names.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  choice,
  defineCommand,
  formatOf,
  wholeNumber,
  withStore,
} from '../context.ts';
import { readApiId, readPeriod, readStatus } from '../filters.ts';
import { note, noteEmpty } from '../notes.ts';
import { upTo, writeRows } from '../output.ts';
import type { CallRow } from '../rows.ts';
import { callView } from '../views.ts';

interface Options extends CommonOptions {
  readonly app?: string;
  readonly api?: string;
  readonly client?: string;
  readonly account?: string;
  readonly label?: string;
  readonly method?: string;
  readonly status?: number;
  readonly pairing?: string;
  readonly search?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly newest?: boolean;
}

const pairings = ['paired', 'no-response', 'no-request'] as const;
/** Rows of a table when nobody says how many: what a person reads, not what a script wants. */
const tableRows = 100;

export function addCalls(program: Command, context: Context): void {
  const { texts } = context;
  const { commands, options } = texts.help;
  const examples = [
    'apiris calls --status 5xx --since 2h --newest',
    'apiris calls --app trade.example.com --format ndjson > calls.ndjson',
  ];
  const command = defineCommand(program, context, 'calls', commands.calls, examples)
    .option('--app <app>', options.app)
    .option('--api <id>', options.api, (text) => readApiId(text, texts))
    .option('--client <ip>', options.client)
    .option('--account <account>', options.account)
    .option('--label <label>', options.label)
    .option('--method <method>', options.method)
    .option('--status <status>', options.status, (text) => readStatus(text, texts))
    .option('--pairing <pairing>', options.pairing, choice(context, '--pairing', pairings))
    .option('--search <text>', options.searchCalls)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.callsLimit, wholeNumber(context, '--limit'))
    .option('--offset <n>', options.offset, wholeNumber(context, '--offset'))
    .option('--newest', options.newest);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showCalls(context, given));
}

function showCalls(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, settings) => {
    const { config } = settings;
    const format = formatOf(context, options);
    const limit = options.limit ?? (format === 'table' ? tableRows : Number.POSITIVE_INFINITY);
    const parameters: Parameters = {
      ...(await readPeriod(options, store, config.zone, texts)),
      app: options.app?.toLowerCase() ?? '',
      apiId: options.api ?? '',
      client: options.client ?? '',
      ...(await readAccount(context, options.account, settings)),
      label: options.label ?? '',
      method: options.method?.toUpperCase() ?? '',
      status: options.status ?? 0,
      pairing: options.pairing ?? '',
      search: options.search ?? '',
      newestFirst: options.newest ? 1 : 0,
      // One more than is shown tells whether there are more; the store takes 0 for no limit.
      limit: Number.isFinite(limit) ? limit + 1 : 0,
      offset: options.offset ?? 0,
    };
    let more = false;
    const view = callView(texts, appNames(config), config.zone, settings.places);
    const rows = upTo(limit, store.stream<CallRow>('calls', parameters), () => (more = true));
    const count = await writeRows(surroundings.stdout, format, rows, view);
    if (more) await note(context, format, texts.lists.more(count));
    else await noteEmpty(context, format, count);
  });
}
