/** `apiris apis`: the inventory. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
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
import { note, noteEmpty } from '../notes.ts';
import { type OutputFormat, upTo, writeRows } from '../output.ts';
import type { ApiRow, SummaryRow } from '../rows.ts';
import { apiView } from '../views.ts';

interface Options extends CommonOptions {
  readonly app?: string;
  readonly style?: string;
  readonly method?: string;
  readonly state?: string;
  readonly search?: string;
  readonly grade?: string;
  readonly level?: string;
  readonly function?: string;
  readonly label?: string;
  readonly exposure?: string;
  readonly caller?: string;
  readonly audience?: string;
  readonly assets?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

const styles = ['REST', 'SOAP', 'GraphQL', 'gRPC', 'JSON-RPC', 'form', 'web', 'asset', 'unknown'] as const;
const exposures = ['exposing', 'collecting', 'none'] as const;
const audiences = ['toB', 'toC', 'toG', 'internal'] as const;
/** Of the lifecycle, then of the discovery. */
const states = [
  ...(['new', 'active', 'inactive', 'revived'] as const),
  ...(['candidate', 'provisional', 'confirmed', 'all'] as const),
];

export function addApis(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const { options: traits } = context.texts.traits;
  const examples = ['apiris apis --app trade.example.com', 'apiris apis --grade high --exposure exposing --format csv'];
  const command = defineCommand(program, context, 'apis', commands.apis, examples)
    .option('--app <app>', options.app)
    .option('--style <style>', options.style, choice(context, '--style', styles))
    .option('--method <method>', options.method)
    .option('--state <state>', options.state, choice(context, '--state', states))
    .option('--search <text>', options.searchApis)
    .option('--grade <grade>', traits.onlyGrade, choice(context, '--grade', ['high', 'medium', 'low', 'none']))
    .option('--level <level>', traits.onlyLevel, choice(context, '--level', ['S0', 'S1', 'S2', 'S3']))
    .option('--function <function>', traits.onlyFunction)
    .option('--label <label>', traits.onlyLabel)
    .option('--exposure <kind>', traits.onlyExposure, choice(context, '--exposure', exposures))
    .option('--caller <kind>', traits.onlyCaller, choice(context, '--caller', ['human', 'service']))
    .option('--audience <kind>', traits.onlyAudience, choice(context, '--audience', audiences))
    .option('--assets', options.assets)
    .option('--limit <n>', options.limit, wholeNumber(context, '--limit'))
    .option('--offset <n>', options.offset, wholeNumber(context, '--offset'));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showApis(context, given));
}

function showApis(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, { config }) => {
    const format = formatOf(context, options);
    let more = false;
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const rows = upTo(limit, store.stream<ApiRow>('apis', parameters(options)), () => (more = true));
    const count = await writeRows(surroundings.stdout, format, rows, apiView(texts, appNames(config)));
    if (more) await note(context, format, texts.lists.more(count));
    else await noteEmpty(context, format, count);
    if (format === 'table') await noteHidden(context, store, options, format);
  });
}

function parameters(options: Options): Record<string, string | number> {
  return {
    app: options.app?.toLowerCase() ?? '',
    format: options.style ?? '',
    method: options.method?.toUpperCase() ?? '',
    state: options.state ?? '',
    search: options.search ?? '',
    grade: options.grade ?? '',
    level: options.level ?? '',
    function: options.function?.toLowerCase() ?? '',
    label: options.label?.toLowerCase() ?? '',
    exposure: options.exposure ?? '',
    caller: options.caller ?? '',
    audience: options.audience ?? '',
    includeAssets: options.assets ? 1 : 0,
    // One more than is shown tells whether there are more; the store takes 0 for no limit.
    limit: options.limit === undefined ? 0 : options.limit + 1,
    offset: options.offset ?? 0,
  };
}

/** What the list leaves out on its own account; said only where nobody asked for a part. */
async function noteHidden(context: Context, store: Store, options: Options, format: OutputFormat): Promise<void> {
  const {
    app,
    style,
    method,
    state,
    search,
    grade,
    level,
    function: does,
    label,
    exposure,
    caller,
    audience,
  } = options;
  const filters = [app, style, method, state, search, grade, level, does, label, exposure, caller, audience];
  if (filters.some((each) => each !== undefined)) return;
  const [summary] = await store.ask<SummaryRow>('summary');
  const { lists } = context.texts;
  if (summary && summary.assets > 0 && !options.assets) await note(context, format, lists.assetsHidden(summary.assets));
  if (summary && summary.candidates > 0) await note(context, format, lists.candidatesHidden(summary.candidates));
}
