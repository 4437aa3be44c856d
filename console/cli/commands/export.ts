/** `apiris export openapi --app APP`: what was seen of an application, as a document for other tools. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import { addPlaceOptions, type CommonOptions, type Context, defineCommand, withStore } from '../context.ts';
import { CommandFailure } from '../faults.ts';
import { openFileOutput } from '../file-output.ts';
import { type AnswerRow, openApiDocument, type SeenApi } from '../openapi/document.ts';
import type { ApiRow } from '../rows.ts';
import { type SchemaRow, viewOf } from '../schema-page.ts';

type Options = CommonOptions & { readonly app: string; readonly out: string };

export function addExport(program: Command, context: Context): void {
  const { commands, options, helpOption, example } = context.texts.help;
  const line = 'apiris export openapi --app trade.example --out trade.json';
  const group = program.command('export').description(commands.export).helpOption('-h, --help', helpOption);
  group.helpCommand(false);
  group.addHelpText('after', `\n${example}\n  $ ${line}`);
  const command = defineCommand(group, context, 'openapi', commands.exportOpenapi, [line])
    .requiredOption('--app <app>', options.app)
    .option('--out <file>', options.out, '-');
  addPlaceOptions(command, context).action((given: Options) => exportOpenApi(context, given));
}

function exportOpenApi(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store) => {
    const app = options.app.toLowerCase();
    const apis = await seenApis(store, app);
    if (apis.length === 0) throw new CommandFailure(texts.schema.noApis(app));
    const text = `${JSON.stringify(openApiDocument(app, apis), null, 2)}\n`;
    if (options.out === '-') {
      await surroundings.stdout.write(text);
      return;
    }
    const file = await openFileOutput(options.out, texts);
    try {
      await file.write(text);
      await file.flush();
    } finally {
      await file.close();
    }
  });
}

async function seenApis(store: Store, app: string): Promise<SeenApi[]> {
  const apis = await store.ask<ApiRow>('apis', { app, limit: mostApis });
  const schemas = grouped(await store.ask<SchemaRow>('schemas', { app }));
  const answers = grouped(await store.ask<AnswerRow>('answers', { app }));
  return apis
    .filter(({ app: of, format }) => of === app && format !== 'web')
    .map((api) => ({ ...api, schema: viewOf(schemas.get(api.id) ?? []), answers: answers.get(api.id) ?? [] }))
    .sort((a, b) => compare(a.template, b.template) || compare(a.method, b.method) || compare(a.id, b.id));
}

const mostApis = 100_000;

function grouped<T extends { readonly apiId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(row.apiId);
    if (known === undefined) groups.set(row.apiId, [row]);
    else known.push(row);
  }
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
