/** `apiris config check` and `apiris config show`. */
import type { Command } from 'commander';
import type { Setting } from '../../../deploy/config.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
} from '../context.ts';
import { type View, writeRows } from '../output.ts';
import type { Texts } from '../text/en.ts';
import { printable } from '../width.ts';

export function addConfig(program: Command, context: Context): void {
  const { commands, arguments: named, options, helpOption } = context.texts.help;
  const config = program.command('config').description(commands.config).helpOption('-h, --help', helpOption);
  config.helpCommand(false);
  addExample(config, context);

  const check = defineCommand(config, context, 'check', commands.configCheck, ['apiris config check apiris.yaml']);
  check
    .argument('[file]', named.configFile)
    .option('--config <file>', options.config)
    .option('--lang <lang>', options.lang)
    .action((file: string | undefined, given: CommonOptions) => checkConfig(context, file ?? given.config));

  const show = defineCommand(config, context, 'show', commands.configShow, ['apiris config show --config apiris.yaml']);
  addFormatOption(show, context);
  addPlaceOptions(show, context).action((given: CommonOptions) => showConfig(context, given));
}

function addExample(command: Command, context: Context): void {
  command.addHelpText('after', `\n${context.texts.help.example}\n  $ apiris config check apiris.yaml`);
}

async function checkConfig(context: Context, file: string | undefined): Promise<void> {
  const { services, surroundings, texts } = context;
  services.loadConfig(file, surroundings.env);
  const named = file ?? surroundings.env['APIRIS_CONFIG'];
  await surroundings.stdout.write(`${named ? texts.config.fine(printable(named)) : texts.config.none}\n`);
}

async function showConfig(context: Context, options: CommonOptions): Promise<void> {
  const { config } = loadSettings(context, options);
  const settings = context.services.explainConfig(config).map(
    (setting): Setting =>
      // The command line wins over every other origin.
      setting.key === 'data' && options.data !== undefined
        ? { ...setting, value: options.data, from: '--data' }
        : setting,
  );
  await writeRows(context.surroundings.stdout, formatOf(context, options), settings, configView(context.texts));
}

function configView(texts: Texts): View<Setting> {
  const { columns } = texts;
  return {
    json: ({ key, value, from }) => ({ key, value, from }),
    fields: ['key', 'value', 'from'],
    columns: [{ header: columns.key }, { header: columns.value, min: 20 }, { header: columns.from, min: 12 }],
    // Not grouped by thousands: this is what one writes into the file.
    cells: ({ key, value, from }) => [key, typeof value === 'string' ? value : JSON.stringify(value), from],
  };
}
