/** `apiris findings`: what is wrong. */
import type { Command } from 'commander';
import { levels } from '../../../analyzer/finding.ts';
import type { Parameters } from '../../../storage/store/store.ts';
import { readAccount } from '../account.ts';
import { type Alike, fewAlike } from '../alike.ts';
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
import { readApiId, readPeriod } from '../filters.ts';
import { type FindingRow, findingView, inLanguage } from '../finding-rows.ts';
import { note, noteEmpty } from '../notes.ts';
import { upTo, writeRows } from '../output.ts';
import { groupThousands } from '../table.ts';
import { shownIdDigits } from '../views.ts';

interface Options extends CommonOptions {
  readonly level?: string;
  readonly kind?: string;
  readonly rule?: string;
  readonly scenario?: string;
  readonly app?: string;
  readonly api?: string;
  readonly account?: string;
  readonly client?: string;
  readonly status?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Groups of findings alike whose rest is told. */
const mostTold = 5;

const kinds = ['weakness', 'event', 'check'] as const;
const statuses = [
  ...(['open', 'unconfirmed', 'confirmed', 'fixing', 'to-verify', 'fixed', 'reopened', 'false-positive'] as const),
  'ignored',
] as const;

export function addFindings(program: Command, context: Context): void {
  const { texts } = context;
  const { commands, options } = texts.help;
  const examples = [
    'apiris findings --level high --status open',
    'apiris findings --account 138****5678#3f9a01c2be --since 7d --format json',
  ];
  const command = defineCommand(program, context, 'findings', commands.findings, examples)
    .option('--level <level>', options.level, choice(context, '--level', levels))
    .option('--kind <kind>', options.kind, choice(context, '--kind', kinds))
    .option('--rule <rule>', options.rule)
    .option('--scenario <scenario>', options.scenario)
    .option('--app <app>', options.app)
    .option('--api <id>', options.api, (text) => readApiId(text, texts))
    .option('--account <account>', options.account)
    .option('--client <ip>', options.client)
    .option('--status <status>', options.findingStatus, choice(context, '--status', statuses))
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.limit, wholeNumber(context, '--limit'))
    .option('--offset <n>', options.offset, wholeNumber(context, '--offset'));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showFindings(context, given));
}

function showFindings(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, settings) => {
    const { config } = settings;
    const format = formatOf(context, options);
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const parameters: Parameters = {
      ...(await readPeriod(options, store, config.zone, texts)),
      ...(await readAccount(context, options.account, settings)),
      level: options.level ?? '',
      kind: options.kind ?? '',
      rule: options.rule ?? '',
      scenario: options.scenario ?? '',
      app: options.app?.toLowerCase() ?? '',
      apiId: options.api ?? '',
      client: options.client ?? '',
      status: options.status ?? '',
      // One more than is shown tells whether there are more; the store takes 0 for no limit.
      limit: Number.isFinite(limit) ? limit + 1 : 0,
      offset: options.offset ?? 0,
    };
    let more = false;
    const rows = upTo(limit, store.stream<FindingRow>('findings', parameters), () => (more = true));
    const names = appNames(config);
    const view = findingView(texts, names, config.zone, settings.places);
    let alike: readonly Alike[] = [];
    // Who asks for a rule or for a page wants each of its rows.
    const whole =
      format !== 'table' || [options.rule, options.limit, options.offset].some((each) => each !== undefined);
    const shown = whole ? rows : fewAlike(rows, (groups) => (alike = groups));
    const count = await writeRows(surroundings.stdout, format, shown, view);
    for (const { first, more: left } of alike.slice(0, mostTold)) {
      const api = first.apiId === '' ? '' : ` --api ${first.apiId.slice(0, shownIdDigits)}`;
      const { title } = inLanguage(first, texts);
      const app = names.of(first.app) ?? first.app;
      await note(context, format, texts.findings.alike(groupThousands(left), title, app, `--rule ${first.rule}${api}`));
    }
    if (more) await note(context, format, texts.lists.more(count));
    else await noteEmpty(context, format, count);
  });
}
