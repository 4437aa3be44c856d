/** `apiris app NAME`: one application, what it is made of, and what goes out of it. */
import type { Command } from 'commander';
import { appNames } from '../app-names.ts';
import { type AppDayRow, appJson, renderApp } from '../app-view.ts';
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
import { newestPacket, offsetSeconds, type Period, readPeriod } from '../filters.ts';
import { writeObject } from '../output.ts';
import type { ApiRow, AppRow } from '../rows.ts';
import { section } from '../summary.ts';
import { renderTable } from '../table.ts';
import { apiJson, apiView } from '../views.ts';

type Options = CommonOptions & { readonly [K in keyof Period]?: string };

export function addApp(program: Command, context: Context): void {
  const { help } = context.texts.applications;
  const examples = ['apiris app trade.example.com', 'apiris app trade.example.com --since 7d --format json'];
  const { options } = context.texts.help;
  const command = defineCommand(program, context, 'app', help.app, examples)
    .argument('<name>', help.appName)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((name: string, given: Options) => showApp(context, name, given));
}

function showApp(context: Context, name: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { stdout } = surroundings;
  return withStore(context, options, async (store, { config }) => {
    const period = await readPeriod(options, store, config.zone, texts);
    const offset = offsetSeconds(await newestPacket(store), config.zone);
    const asked = { app: name.toLowerCase(), ...period, offsetSeconds: offset };
    const [row] = await store.ask<AppRow>('apps', asked);
    if (row === undefined) throw new CommandFailure(texts.applications.errors.noApp(name));
    const days = await store.ask<AppDayRow>('app-days', asked);
    const apis = await store.ask<ApiRow>('apis', { app: row.app });
    const names = appNames(config);
    const format = formatOf(context, options);
    if (format !== 'table') {
      const structure = apis.map((api) => apiJson(api, names));
      return writeObject(stdout, format, { ...appJson(row, names), daily: days, structure });
    }
    await stdout.write(renderApp(row, days, texts, names, stdout.columns));
    const { columns, cells } = apiView(texts, names);
    const table = renderTable(columns, apis.map(cells), stdout.columns);
    await stdout.write(`\n${section(texts.applications.apisTitle, table)}`);
  });
}
