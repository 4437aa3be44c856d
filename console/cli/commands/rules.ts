/** `apiris rules list|test|try`: the content in force, and whether each rule finds what its examples say. */
import type { Command } from 'commander';
import type { RuleRow } from '../../../deploy/content/checks.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
} from '../context.ts';
import { CommandFailure } from '../faults.ts';
import { note, noteEmpty } from '../notes.ts';
import { type View, writeRows } from '../output.ts';
import { groupThousands } from '../table.ts';
import type { Texts } from '../text/en.ts';
import { addRulesTry } from './rules-try.ts';

export function addRules(program: Command, context: Context): void {
  const { listRules, testRules } = context.services;
  const { commands, arguments: named, helpOption, example } = context.texts.help;
  const rules = program.command('rules').description(commands.rules).helpOption('-h, --help', helpOption);
  rules.helpCommand(false);
  rules.addHelpText('after', `\n${example}\n  $ apiris rules test`);

  const list = defineCommand(rules, context, 'list', commands.rulesList, ['apiris rules list --format csv']);
  addFormatOption(list, context);
  addPlaceOptions(list, context).action(async (given: CommonOptions) => {
    await writeRules(context, given, await listRules(loadSettings(context, given).config));
  });

  const test = defineCommand(rules, context, 'test', commands.rulesTest, [
    'apiris rules test',
    'apiris rules test rules/detections/data-traversal.yml',
  ]);
  test.argument('[file]', named.ruleFile);
  addFormatOption(test, context);
  addPlaceOptions(test, context).action(async (file: string | undefined, given: CommonOptions) => {
    const rows = await testRules(loadSettings(context, given).config, file);
    await writeRules(context, given, rows);
    await tellResult(context, given, rows);
  });
  addRulesTry(rules, context);
}

async function writeRules(context: Context, options: CommonOptions, rows: readonly RuleRow[]): Promise<void> {
  const format = formatOf(context, options);
  await writeRows(context.surroundings.stdout, format, rows, rulesView(context.texts));
  await noteEmpty(context, format, rows.length);
}

const shownFailures = 20;

/** A check that failed makes the command fail: it stands in scripts before content goes into force. */
async function tellResult(context: Context, options: CommonOptions, rows: readonly RuleRow[]): Promise<void> {
  const { rules: say, errors } = context.texts.findings;
  const failures = rows.filter((row) => !row.ok).map((row) => row.message);
  const failed = failures.length;
  const checks = groupThousands(rows.length);
  const rules = new Set(rows.map((row) => `${row.file} ${row.rule}`)).size;
  const sentence =
    failed === 0 ? say.passed(groupThousands(rules), checks) : say.failed(groupThousands(failed), checks);
  await note(context, formatOf(context, options), sentence);
  // In the table they may be cut.
  if (failed > 0) throw new CommandFailure([errors.rulesFailed, ...failures.slice(0, shownFailures)].join('\n'));
}

function rulesView(texts: Texts): View<RuleRow> {
  const { columns, cells, findings } = texts;
  const say = findings.columns;
  return {
    json: ({ file, rule, kind, ok, message }) => ({ file, rule, kind, ok, message }),
    fields: ['file', 'rule', 'kind', 'ok', 'message'],
    columns: [
      { header: say.rule, min: 12 },
      { header: columns.kind },
      { header: say.result },
      { header: say.message, min: 24, weight: 2 },
      { header: say.file, min: 12 },
    ],
    cells: ({ file, rule, kind, ok, message, messageZh }) => {
      const said = texts.language === 'zh-CN' ? (messageZh ?? message) : message;
      return [rule, kind, ok ? `✓ ${cells.yes}` : `✗ ${cells.no}`, said, file];
    },
  };
}
