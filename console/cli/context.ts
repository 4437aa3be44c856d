/** What every command is given, and the options that every command has. */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type Config, storeUrlProblem } from '../../deploy/config.ts';
import type { ClientPlaces } from '../../deploy/lookup.ts';
import type { Store } from '../../storage/store/store.ts';
import { CommandFailure, type ExitCode, UsageFault } from './faults.ts';
import type { Surroundings } from './io.ts';
import { type OutputFormat, outputFormats } from './output.ts';
import type { Services } from './services.ts';
import type { Texts } from './text/en.ts';

export interface Context {
  readonly services: Services;
  readonly surroundings: Surroundings;
  readonly texts: Texts;
  /** Set by a command that is done and yet wants another code than 0. */
  exitCode: ExitCode;
}

/** Values of the options every command has, as commander hands them over. */
export interface CommonOptions {
  readonly data?: string;
  readonly store?: string;
  readonly config?: string;
  readonly format?: OutputFormat;
}

export interface Settings {
  readonly config: Config;
  readonly data: string;
  /** Where clients are, and whose their networks. */
  readonly places: ClientPlaces;
}

/** One sub-command with its description, example and the options that all commands share. */
export function defineCommand(
  parent: Command,
  context: Context,
  name: string,
  description: string,
  examples: readonly string[],
  { hidden = false } = {},
): Command {
  const { help } = context.texts;
  const command = parent.command(name, { hidden }).description(description);
  command.helpOption('-h, --help', help.helpOption);
  const title = examples.length > 1 ? help.examples : help.example;
  command.addHelpText('after', `\n${title}\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
  return command;
}

/** `--lang` is read before the program is built (help needs it); here it is declared, so that it is known. */
export function addPlaceOptions(command: Command, context: Context): Command {
  const { options } = context.texts.help;
  return command
    .option('--data <dir>', options.data)
    .option('--store <url>', options.store, (text) => readStoreUrl(text, context))
    .option('--config <file>', options.config)
    .option('--lang <lang>', options.lang);
}

export function addFormatOption(command: Command, context: Context): Command {
  return command.addOption(
    new Option('--format <format>', context.texts.help.options.format).argParser(
      choice(context, '--format', outputFormats),
    ),
  );
}

/** A parser that takes one of `choices`, whatever its case, and else names them. */
export function choice<T extends string>(
  context: Context,
  option: string,
  choices: readonly T[],
): (value: string) => T {
  return (value) => {
    const found = choices.find((each) => each.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    throw new UsageFault(context.texts.errors.badChoice(option, value, choices.join(', ')));
  };
}

/** A parser of whole numbers from 0 up. */
export function wholeNumber(context: Context, option: string): (value: string) => number {
  return (value) => {
    if (!/^\d{1,15}$/.test(value)) throw new UsageFault(context.texts.errors.badNumber(option, value));
    return Number(value);
  };
}

/** The configuration in force and the folder of the store. `--data` wins over environment and file. */
export function loadSettings(context: Context, options: CommonOptions): Settings {
  const config = context.services.loadConfig(options.config, context.surroundings.env);
  const { store: url } = options;
  const stored = url === undefined ? config : { ...config, store: { ...config.store, url } };
  return { config: stored, data: options.data ?? config.data, places: context.services.placesOfClients(config) };
}

function readStoreUrl(text: string, { texts }: Context): string {
  if (storeUrlProblem(text) !== undefined) throw new UsageFault(texts.errors.badStoreUrl);
  return text;
}

export function formatOf(context: Context, options: CommonOptions): OutputFormat {
  return options.format ?? (context.surroundings.stdout.isTerminal ? 'table' : 'json');
}

/** Opens the store for questions and closes it whatever happens. */
export async function withStore<T>(
  context: Context,
  options: CommonOptions,
  work: (store: Store, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = loadSettings(context, options);
  if (settings.config.store.url === '' && !existsSync(settings.data))
    throw new CommandFailure(context.texts.errors.noStore(settings.data));
  const store = await context.services.openStoreForReading(settings.data, settings.config);
  try {
    return await work(store, settings);
  } finally {
    await store.close();
  }
}
