/** `apiris rules try FILE`: what the rules of a file would have found in stored calls. */
import type { Command } from 'commander';
import type { Finding } from '../../../analyzer/finding.ts';
import { appNames } from '../app-names.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
  withStore,
} from '../context.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import { readPeriod } from '../filters.ts';
import { type FindingRow, findingView } from '../finding-rows.ts';
import { writeRows } from '../output.ts';
import { groupThousands } from '../table.ts';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
}

export function addRulesTry(rules: Command, context: Context): void {
  const { help, ruleTrial: say } = context.texts;
  const examples = ['apiris rules try my-rule.yml --since 7d'];
  const command = defineCommand(rules, context, 'try', say.help.try, examples)
    .argument('<file>', say.help.file)
    .option('--since <time>', help.options.since)
    .option('--until <time>', help.options.until);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((file: string, given: Options) => tryFile(context, file, given));
}

/** What can't be tried is refused by name. Where nothing is left to try, before the store is opened. */
async function tryFile(context: Context, file: string, options: Options): Promise<void> {
  const { texts, services, surroundings } = context;
  const { ruleTrial: say } = texts;
  const { stdout, stderr, now, signal } = surroundings;
  const trial = await services.tryRules(loadSettings(context, options).config, file);
  const refusals = trial.refused.map(({ rule, fields }) => say.refused(rule, fields.join(', ')));
  if (refusals.length > 0) refusals.push(say.hint(file));
  const faults = [...(trial.problems.length > 0 ? [say.problems, ...trial.problems] : []), ...refusals];
  if (trial.tried.length === 0)
    throw new UsageFault([...(faults.length > 0 ? faults : [say.nothing(file)])].join('\n'));
  await withStore(context, options, async (store, { config, places }) => {
    const period = await readPeriod(options, store, config.zone, texts);
    const begun = now();
    const line = '\r\u001b[K';
    const onCalls = (calls: number) => {
      // Remarks that nobody can be told any more are no failure.
      if (stderr.isTerminal)
        void Promise.resolve(stderr.write(line + texts.progress.calls(groupThousands(calls)))).catch(() => {});
    };
    const { findings, beyond, calls } = await trial.run(store, period, { onCalls, signal });
    if (stderr.isTerminal) await stderr.write(line);
    if (signal.aborted) throw new CommandFailure(texts.errors.interruptedOutput);
    const seconds = Math.max((now() - begun) / 1000, 0.001);
    const view = findingView(texts, appNames(config), config.zone, places);
    await writeRows(stdout, formatOf(context, options), findings.map(rowOf), view);
    await stdout.flush();
    const rate = groupThousands(Math.round(calls / seconds));
    const told = [say.tried(groupThousands(calls), seconds.toFixed(1), rate, groupThousands(findings.length))];
    if (beyond > 0) told.push(say.beyond(groupThousands(beyond)));
    await stderr.write(`${told.join('\n')}\n`);
  });
  if (faults.length > 0) throw new CommandFailure(faults.join('\n'));
}

/** As a stored one would be listed, before anybody has decided anything. */
function rowOf(finding: Finding): FindingRow {
  const {
    apiId = '',
    method = '',
    template = '',
    client = '',
    account = '',
    parameter = '',
    measured,
    usual,
    status,
  } = finding;
  return {
    ...finding,
    ...{ apiId, method, template, client, account, parameter, engineStatus: status },
    ...{ decidedStatus: '', decidedBy: '', decidedNote: '', decidedTs: 0, decidedUntil: 0, decidedFor: '' },
    measured: measured === undefined ? { name: '', value: 0, threshold: null } : { threshold: null, ...measured },
    usual: usual ?? { median: 0, p95: 0, n: 0 },
  };
}
