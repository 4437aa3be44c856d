/** Commander's complaints in our words and languages. Its codes are stable; the names are taken from its message. */
import type { Command, CommanderError } from 'commander';
import type { Texts } from './text/en.ts';

export function explainUsage(error: CommanderError, program: Command, argv: readonly string[], texts: Texts): string {
  const { errors } = texts;
  // A value given with a name that is not known (`--valeu=…`) may be one that must not be repeated.
  const named = (/'([^']*)'/.exec(error.message)?.[1] ?? '').replace(/=.*/s, '');
  const command = commandPath(program, argv);
  switch (error.code) {
    case 'commander.unknownOption':
      return withHint(errors.unknownOption(named), error, command, texts);
    case 'commander.unknownCommand':
      return withHint(errors.unknownCommand(named), error, command, texts);
    case 'commander.excessArguments':
      return `${errors.tooManyArguments(command)} ${errors.seeHelp(command)}`;
    case 'commander.missingArgument':
      return `${errors.missingArgument(named)} ${errors.seeHelp(command)}`;
    case 'commander.optionMissingArgument':
      return errors.optionNeedsValue(named);
    case 'commander.missingMandatoryOptionValue':
      return `${errors.missingArgument(named)} ${errors.seeHelp(command)}`;
    default:
      return error.message.replace(/^error: /, '');
  }
}

function withHint(sentence: string, error: CommanderError, command: string, { errors }: Texts): string {
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(error.message)?.[1];
  return `${sentence} ${suggestion === undefined ? errors.seeHelp(command) : errors.didYouMean(suggestion)}`;
}

/** `apiris config check`, as far as the arguments name commands. */
function commandPath(program: Command, argv: readonly string[]): string {
  const path = [program.name()];
  let command: Command | undefined = program;
  for (const word of argv) {
    command = command.commands.find((each) => each.name() === word);
    if (command === undefined) break;
    path.push(word);
  }
  return path.join(' ');
}
