/** `apiris tls`: how connections are protected. */
import type { Command } from 'commander';
import { marksOf } from '../../../analyzer/analyzer.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  wholeNumber,
  withStore,
} from '../context.ts';
import { readPeriod } from '../filters.ts';
import { note, noteEmpty } from '../notes.ts';
import { upTo, writeRows } from '../output.ts';
import type { TlsRow } from '../rows.ts';
import { tlsView } from '../tls-view.ts';

interface Options extends CommonOptions {
  readonly server?: string;
  readonly sni?: string;
  readonly search?: string;
  readonly weak?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

export function addTls(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = ['apiris tls --weak', "apiris tls --format json | jq '.[].certificate.notAfter'"];
  const command = defineCommand(program, context, 'tls', commands.tls, examples)
    .option('--server <ip>', options.tlsServer)
    .option('--sni <name>', options.sni)
    .option('--search <text>', options.searchTls)
    .option('--weak', options.weak)
    .option('--since <time>', options.since)
    .option('--until <time>', options.until)
    .option('--limit <n>', options.limit, wholeNumber(context, '--limit'));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showTls(context, given));
}

function showTls(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store, { config }) => {
    const format = formatOf(context, options);
    const period = await readPeriod(options, store, config.zone, texts);
    const { server = '', sni = '', search = '' } = options;
    const asked = { ...period, server, sni: sni.toLowerCase(), search };
    let more = false;
    const found = store.stream<TlsRow>('tls', asked);
    const chosen = options.weak ? weakOnes(found) : found;
    const rows = upTo(options.limit ?? Number.POSITIVE_INFINITY, chosen, () => (more = true));
    const count = await writeRows(surroundings.stdout, format, rows, tlsView(texts, config.zone));
    if (more) await note(context, format, texts.lists.more(count));
    else await noteEmpty(context, format, count);
  });
}

async function* weakOnes(rows: AsyncIterable<TlsRow>): AsyncGenerator<TlsRow> {
  for await (const row of rows) if (marksOf(row).length > 0) yield row;
}
