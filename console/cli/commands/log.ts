/** `apiris log` and `apiris export log`: the access log as the draft specification asks for it (8.3). */
import type { Command } from 'commander';
import { errorKinds, joinedLog, type LogRow, logBegin, logView } from '../access-log.ts';
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
import { openFileOutput } from '../file-output.ts';
import { readApiId, readPeriod } from '../filters.ts';
import type { Output } from '../io.ts';
import { note, noteEmpty } from '../notes.ts';
import { type OutputFormat, upTo, writeRows } from '../output.ts';

interface Options extends CommonOptions {
  readonly app?: string;
  readonly api?: string;
  readonly client?: string;
  readonly account?: string;
  readonly session?: string;
  readonly chain?: string;
  readonly errors?: (typeof errorChoices)[number];
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly out?: string;
}

const errorChoices = ['all', ...errorKinds] as const;
/** Rows of a table when nobody says how many. */
const tableRows = 100;

export function addLog(program: Command, context: Context): void {
  const { help } = context.texts.accessLog;
  const examples = ['apiris log --since 1h --errors business', 'apiris log --chain 3f9a01c2be77d015-1'];
  const command = defineCommand(program, context, 'log', help.log, examples);
  addOptions(command, context).action((given: Options) =>
    writeLog(context, given, context.surroundings.stdout, formatOf(context, given)),
  );
}

export function addExportLog(program: Command, context: Context): void {
  const { accessLog } = context.texts;
  const parent = program.commands.find((each) => each.name() === 'export')!;
  const examples = ['apiris export log --since 2026-11-20 --until 2026-11-21 --format csv --out access.csv'];
  const command = defineCommand(parent, context, 'log', accessLog.help.exportLog, examples);
  command.option('--out <file>', context.texts.help.options.out, '-');
  addOptions(command, context).action((given: Options) => exportLog(context, given));
}

function addOptions(command: Command, context: Context): Command {
  const { texts } = context;
  const { options } = texts.help;
  const { help } = texts.accessLog;
  command
    .option('--app <app>', options.app)
    .option('--api <id>', options.api, (text) => readApiId(text, texts))
    .option('--client <ip>', options.client)
    .option('--account <account>', options.account)
    .option('--session <hash>', texts.leak.subject.session)
    .option('--chain <serial>', help.chain)
    .option('--errors <kind>', help.errors, choice(context, '--errors', errorChoices))
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.callsLimit, wholeNumber(context, '--limit'))
    .option('--offset <n>', options.offset, wholeNumber(context, '--offset'));
  addFormatOption(command, context);
  return addPlaceOptions(command, context);
}

async function exportLog(context: Context, options: Options): Promise<void> {
  const { out = '-' } = options;
  const format = options.format ?? (out.endsWith('.csv') ? 'csv' : 'ndjson');
  if (out === '-') return writeLog(context, options, context.surroundings.stdout, format);
  const file = await openFileOutput(out, context.texts);
  try {
    await writeLog(context, options, file, format);
    await file.flush();
  } finally {
    await file.close();
  }
}

function writeLog(context: Context, options: Options, out: Output, format: OutputFormat): Promise<void> {
  const { texts } = context;
  return withStore(context, options, async (store, settings) => {
    const { config } = settings;
    const { since, until } = await readPeriod(options, store, config.zone, texts);
    const errors = options.errors === undefined ? [] : options.errors === 'all' ? errorKinds : [options.errors];
    const lines = joinedLog(store.stream<LogRow>('access-log', { since: logBegin(since), until }), {
      ...{ app: options.app?.toLowerCase() ?? '', apiId: options.api ?? '', client: options.client ?? '' },
      ...{ session: options.session?.toLowerCase() ?? '', chain: options.chain?.toLowerCase() ?? '', errors, since },
      ...(await readAccount(context, options.account, settings)),
    });
    const limit = options.limit ?? (format === 'table' ? tableRows : Number.POSITIVE_INFINITY);
    let more = false;
    const shown = upTo(limit, from(lines, options.offset ?? 0), () => (more = true));
    const count = await writeRows(out, format, shown, logView(texts, appNames(config), config.zone));
    if (more) await note(context, format, texts.lists.more(count));
    else await noteEmpty(context, format, count);
  });
}

async function* from<T>(lines: AsyncIterable<T>, offset: number): AsyncGenerator<T> {
  let passed = 0;
  for await (const line of lines) if (passed++ >= offset) yield line;
}
