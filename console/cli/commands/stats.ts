/** `apiris stats`: calls, errors, latency and bytes, by subject and over time. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  choice,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import { newestPacket, offsetSeconds, readPeriod } from '../filters.ts';
import { noteEmpty } from '../notes.ts';
import { writeRows } from '../output.ts';
import type { ApiRow, StatsRow } from '../rows.ts';
import { statsView } from '../views.ts';

const subjects = ['app', 'api', 'client', 'account', 'method', 'status'] as const;
const spans = { '1s': 1, '1m': 60, '1h': 3600, '1d': 86_400 } as const;

interface Options extends CommonOptions {
  readonly app?: string;
  readonly by?: (typeof subjects)[number];
  readonly every?: keyof typeof spans;
  readonly since?: string;
  readonly until?: string;
}

export function addStats(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = ['apiris stats --by app', 'apiris stats --every 1h --since 7d --format csv'];
  const everyChoices = Object.keys(spans) as (keyof typeof spans)[];
  const command = defineCommand(program, context, 'stats', commands.stats, examples)
    .option('--by <subject>', options.by, choice(context, '--by', subjects))
    .option('--every <span>', options.every, choice(context, '--every', everyChoices))
    .option('--app <app>', options.app)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showStats(context, given));
}

function showStats(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { by, every } = options;
  return withStore(context, options, async (store, { config, places }) => {
    const format = formatOf(context, options);
    const parameters = {
      ...(await readPeriod(options, store, config.zone, texts)),
      app: options.app?.toLowerCase() ?? '',
      by: by ?? '',
      every: every === undefined ? 0 : spans[every],
      offsetSeconds: offsetSeconds(await newestPacket(store), config.zone),
    };
    const apis = by === 'api' ? await apisById(store) : new Map<string, ApiRow>();
    const shape = { ...(by === undefined ? {} : { by }), buckets: every !== undefined, apis, places };
    const view = statsView(shape, texts, config.zone);
    const rows = store.stream<StatsRow>('stats', parameters);
    const count = await writeRows(surroundings.stdout, format, withCalls(rows), view);
    await noteEmpty(context, format, count);
  });
}

/** A total over no calls at all is a row of zeros, which is no row. */
async function* withCalls(rows: AsyncIterable<StatsRow>): AsyncGenerator<StatsRow> {
  for await (const row of rows) if (row.calls > 0) yield row;
}

/** Bounded by the inventory, not by the calls. */
async function apisById(store: Store): Promise<Map<string, ApiRow>> {
  const rows = await store.ask<ApiRow>('apis', { state: 'all', includeAssets: 1 });
  return new Map(rows.map((row) => [row.id, row]));
}
