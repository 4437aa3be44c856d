/** `apiris audit verify|log`: the proof that the log is what was stored, and who changed what. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type OperationRow, operationView, renderAudit } from '../audit-view.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
  wholeNumber,
  withStore,
} from '../context.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import { noteEmpty } from '../notes.ts';
import { writeObject, writeRows } from '../output.ts';
import { parseInstant, parseSpan } from '../time.ts';

interface VerifyGiven extends CommonOptions {
  readonly anchor?: string;
  readonly key?: string;
  readonly month?: number;
  readonly values?: boolean;
}

interface LogGiven extends CommonOptions {
  readonly kind?: string;
  readonly by?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

export function addAudit(program: Command, context: Context): void {
  const { audit, help } = context.texts;
  const parent = program.command('audit').description(audit.help.audit).helpOption('-h, --help', help.helpOption);
  parent.helpCommand(false);
  parent.addHelpText('after', `\n${help.example}\n  $ apiris audit verify`);

  const verify = defineCommand(parent, context, 'verify', audit.help.verify, [
    'apiris audit verify',
    'apiris audit verify --key /mnt/safe/audit.pub --anchor /mnt/safe/audit.anchor',
  ])
    .option('--anchor <file>', audit.help.anchor)
    .option('--key <file>', audit.help.key)
    .option('--month <yyyymm>', audit.help.month, (text) => readMonth(text, context))
    .option('--values', audit.help.values);
  addFormatOption(verify, context);
  addPlaceOptions(verify, context).action((given: VerifyGiven) => verifyLog(context, given));

  const log = defineCommand(parent, context, 'log', audit.help.log, ['apiris audit log --since 7d --by li.lei'])
    .option('--kind <kind>', audit.help.kind)
    .option('--by <name>', audit.help.by)
    .option('--subject <id>', audit.help.subject)
    .option('--since <time>', audit.help.since)
    .option('--until <time>', help.options.until)
    .option('--limit <n>', audit.help.limit, wholeNumber(context, '--limit'));
  addFormatOption(log, context);
  addPlaceOptions(log, context).action((given: LogGiven) => showLog(context, given));
}

function readMonth(text: string, { texts }: Context): number {
  if (!/^2\d{3}-?(?:0[1-9]|1[0-2])$/.test(text)) throw new UsageFault(texts.audit.badMonth(text));
  return Number(text.replace('-', ''));
}

async function verifyLog(context: Context, options: VerifyGiven): Promise<void> {
  const { texts, services, surroundings } = context;
  const { config, data } = loadSettings(context, options);
  if (!existsSync(data)) throw new CommandFailure(texts.errors.noStore(data));
  const { anchor, key, month, values } = options;
  const report = await services.verifyAudit(config, {
    data,
    ...(anchor === undefined ? {} : { anchor }),
    ...(key === undefined ? {} : { key }),
    ...(month === undefined ? {} : { month }),
    ...(values === undefined ? {} : { values }),
  });
  const format = formatOf(context, options);
  if (format === 'table') await surroundings.stdout.write(renderAudit(report, texts, config.zone));
  else await writeObject(surroundings.stdout, format, { sound: report.problems.length === 0, ...report });
  if (report.problems.length > 0) throw new CommandFailure(texts.audit.failed);
}

function showLog(context: Context, options: LogGiven): Promise<void> {
  const { texts, surroundings } = context;
  const { kind = '', by = '', subject = '', limit = 0 } = options;
  return withStore(context, options, async (store, { config }) => {
    // People act by the wall clock, not by that of packets.
    const read = (option: string, text: string | undefined): number => {
      if (text === undefined) return 0;
      const span = parseSpan(text);
      const at = span === null ? parseInstant(text, config.zone) : surroundings.wallClock() - span;
      if (at === null) throw new UsageFault(texts.errors.badTime(option, text));
      return Math.max(1, at);
    };
    const asked = {
      kind,
      by,
      subject,
      limit,
      since: read('--since', options.since),
      until: read('--until', options.until),
    };
    const rows = store.stream<OperationRow>('operations', asked);
    const format = formatOf(context, options);
    await noteEmpty(
      context,
      format,
      await writeRows(surroundings.stdout, format, rows, operationView(texts, config.zone)),
    );
  });
}
