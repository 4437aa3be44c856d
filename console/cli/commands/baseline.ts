/** `apiris baseline`: what is usual of a subject, as judging has learnt it. */
import type { Command } from 'commander';
import {
  askBaselineWord,
  type BaselineDecisionOptions,
  baselineWordJson,
  baselineWordText,
  readBaselineDecision,
  storeBaselineDecision,
} from '../baseline-decision.ts';
import { readSubject } from '../baseline-subject.ts';
import { learntJson, renderLearnt } from '../baseline-view.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import { CommandFailure } from '../faults.ts';
import { note } from '../notes.ts';
import { writeObject } from '../output.ts';
import { printable } from '../width.ts';

export function addBaseline(program: Command, context: Context): void {
  const { help } = context.texts.baseline;
  const { helpOption, example } = context.texts.help;
  const baseline = program.command('baseline').description(help.baseline).helpOption('-h, --help', helpOption);
  baseline.helpCommand(false);
  baseline.addHelpText('after', `\n${example}\n  $ apiris baseline show 3f9a01c2`);

  const examples = ['apiris baseline show 3f9a01c2', "apiris baseline show '138****5678#3f9a01c2be'"];
  const show = defineCommand(baseline, context, 'show', help.show, examples).argument('<id>', help.id);
  addFormatOption(show, context);
  addPlaceOptions(show, context).action((id: string, given: CommonOptions) => showBaseline(context, id, given, null));
  for (const action of ['freeze', 'relearn'] as const) {
    const freezing = [`apiris baseline freeze 3f9a01c2 --by li.lei --note 'before the audit'`];
    const clearing = [`apiris baseline freeze 3f9a01c2 --clear --by li.lei --note 'audit is over'`];
    const anew = [`apiris baseline relearn 10.0.0.7 --by li.lei --note 'a new batch since May'`];
    const lines = action === 'freeze' ? [...freezing, ...clearing] : anew;
    const command = defineCommand(baseline, context, action, help[action], lines).argument('<id>', help.id);
    if (action === 'freeze') command.option('--clear', help.clear);
    const { options } = context.texts.traits;
    command.option('--by <name>', options.by).option('--note <text>', options.note);
    addFormatOption(command, context);
    addPlaceOptions(command, context).action((id: string, given: Options) => showBaseline(context, id, given, action));
  }
}

type Options = CommonOptions & BaselineDecisionOptions;

/** With what was said of it now, where something was: `action`. */
async function showBaseline(
  context: Context,
  text: string,
  options: Options,
  action: 'freeze' | 'relearn' | null,
): Promise<void> {
  const { texts, surroundings, services } = context;
  const { errors, said } = texts.baseline;
  const decision = action === null ? null : readBaselineDecision(action, options, texts);
  return withStore(context, options, async (store, settings) => {
    const { stdout } = surroundings;
    const subject = await readSubject(context, store, text, settings);
    const { state, learnt } = await services.readLearnt(store, settings.config, subject);
    if (state === 'empty') throw new CommandFailure(errors.empty);
    if (state === 'other-version') throw new CommandFailure(errors.otherVersion);
    // An account that was asked for in clear is named as it is shown.
    const shown = subject.kind === 'account' ? (learnt[0]?.id ?? `#${subject.id}`) : subject.id;
    const ids = subject.kind === 'api' ? subject.ids : [subject.id];
    const before = await askBaselineWord(store, subject.kind, ids);
    if (learnt.length === 0 && before === undefined) throw new CommandFailure(errors.nothing(shown));
    if (decision?.action === 'clear' && before?.action !== 'freeze') throw new CommandFailure(errors.notFrozen(shown));
    if (decision !== null) await storeBaselineDecision(store, subject, decision, surroundings.wallClock());
    const word = decision === null ? before : await askBaselineWord(store, subject.kind, ids);
    const format = formatOf(context, options);
    if (format === 'table') {
      const words = baselineWordText(word, texts, settings.config.zone);
      if (words !== '') await stdout.write(`${printable(words)}\n\n`);
      await stdout.write(renderLearnt(learnt, texts, settings.config.zone, stdout.columns));
      if (decision !== null) await note(context, format, said[decision.action]);
      return;
    }
    await writeObject(stdout, format, {
      kind: subject.kind,
      id: shown,
      ...baselineWordJson(word),
      baselines: learnt.map(learntJson),
    });
  });
}
