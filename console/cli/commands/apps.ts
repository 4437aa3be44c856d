/** `apiris apps`: the applications that were seen. */
import type { Command } from 'commander';
import { watchOf } from '../app-facts.ts';
import { appNames } from '../app-names.ts';
import { appView } from '../app-view.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import { newestPacket, offsetSeconds, type Period, readPeriod } from '../filters.ts';
import { noteEmpty } from '../notes.ts';
import { writeRows } from '../output.ts';
import type { AppRow } from '../rows.ts';

type Options = CommonOptions & { readonly [K in keyof Period]?: string } & { readonly watch?: boolean };

export function addApps(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const command = defineCommand(program, context, 'apps', commands.apps, ['apiris apps', 'apiris apps --format csv']);
  command.option('--watch', context.texts.applications.help.watch);
  command.option('--since <time>', options.since).option('--until <time>', options.until);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showApps(context, given));
}

function showApps(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, { config }) => {
    const period = await readPeriod(options, store, config.zone, texts);
    const format = formatOf(context, options);
    const view = appView(texts, appNames(config), config.zone);
    const offset = offsetSeconds(await newestPacket(store), config.zone);
    const rows = await store.ask<AppRow>('apps', { ...period, offsetSeconds: offset });
    const shown = options.watch ? rows.filter((row) => watchOf(row).length > 0) : rows;
    const count = await writeRows(surroundings.stdout, format, shown, view);
    await noteEmpty(context, format, count);
  });
}
