/** `apiris drift`: where what was seen and what was declared or registered part. */
import type { Command } from 'commander';
import type { SchemaField } from '../../../analyzer/analyzer.ts';
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
import {
  type Drift,
  type DriftKind,
  driftKinds,
  type RegisterEntry,
  registerDrift,
  type SeenApi,
  specificationDrift,
} from '../declared/difference.ts';
import type { DeclaredOperation } from '../declared/openapi.ts';
import { note, noteEmpty } from '../notes.ts';
import { type View, writeRows } from '../output.ts';
import type { ApiRow } from '../rows.ts';
import { type SchemaRow, viewOf } from '../schema-page.ts';
import type { Texts } from '../text/en.ts';
import { isoTime } from '../time.ts';
import { right } from '../views.ts';

type Options = CommonOptions & { readonly app?: string; readonly kind?: DriftKind };

const mostApis = 100_000;
/** A field that one call in a hundred has is no accident. */
const leastShare = 0.01;

export function addDrift(program: Command, context: Context): void {
  const { help } = context.texts.drift;
  const examples = ['apiris drift', 'apiris drift --app trade.example --kind shadow'];
  const command = defineCommand(program, context, 'drift', help.drift, examples);
  command.option('--app <app>', help.onlyApp);
  command.option('--kind <kind>', help.onlyKind, choice(context, '--kind', driftKinds));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => showDrift(context, given));
}

function showDrift(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  return withStore(context, options, async (store) => {
    const format = formatOf(context, options);
    const app = options.app?.toLowerCase() ?? '';
    const declared = await store.ask<{ app: string; specification: string }>('specifications', { app });
    const register = await store.ask<RegisterEntry>('register', { app });
    const drifts: Drift[] = [];
    for (const each of declared) {
      const { operations } = JSON.parse(each.specification) as { operations: DeclaredOperation[] };
      drifts.push(...specificationDrift(each.app, operations, await seenApis(store, each.app)));
    }
    for (const each of new Set(register.map((entry) => entry.app))) {
      const entries = register.filter((entry) => entry.app === each);
      drifts.push(...registerDrift(entries, await seenApis(store, each)));
    }
    const shown = drifts.filter(({ kind }) => options.kind === undefined || kind === options.kind).sort(byKind);
    const count = await writeRows(surroundings.stdout, format, shown, driftView(texts));
    if (declared.length + register.length === 0) await note(context, format, texts.drift.nothingDeclared);
    else await noteEmpty(context, format, count);
  });
}

/** APIs that succeeded, pages and static files aside: nobody declares those. */
async function seenApis(store: Store, app: string): Promise<SeenApi[]> {
  const apis = await store.ask<ApiRow>('apis', { app, limit: mostApis });
  const schemas = await store.ask<SchemaRow>('schemas', { app });
  const byApi = new Map<string, SchemaRow[]>();
  for (const row of schemas) byApi.set(row.apiId, [...(byApi.get(row.apiId) ?? []), row]);
  return apis
    .filter((api) => api.app === app && api.lifecycle !== '' && api.format !== 'web' && api.format !== 'asset')
    .map(({ id, method, template, operation, calls, firstSeen, lastSeen }) => {
      const { request, response } = viewOf(byApi.get(id) ?? []);
      return {
        ...{ id, app, method, template, operation, calls, firstSeen, lastSeen },
        ...{ request: namesOf(request), response: namesOf(response) },
      };
    });
}

function namesOf(fields: readonly SchemaField[]): string[] {
  return fields.filter(({ share }) => share >= leastShare).map((field) => `${field.in}.${field.path}`);
}

function driftView(texts: Texts): View<Drift> {
  const { columns, drift } = texts;
  return {
    json: ({ kind, app, method, template, apiId, what, calls, lastSeen }) => ({
      ...{ kind, app, method, template, calls },
      ...(apiId === '' ? {} : { apiId, lastSeen: isoTime(lastSeen) }),
      ...(what === '' ? {} : { what }),
    }),
    fields: ['kind', 'app', 'method', 'template', 'calls', 'apiId', 'lastSeen', 'what'],
    columns: [
      { header: drift.columns.kind },
      { header: columns.app },
      { header: columns.template },
      { header: drift.columns.field },
      { header: columns.calls, ...right },
    ],
    cells: ({ kind, app, method, template, what, calls }) => [
      ...[drift.kinds[kind], app, `${method} ${template}`, what],
      calls,
    ],
  };
}

function byKind(a: Drift, b: Drift): number {
  return driftKinds.indexOf(a.kind) - driftKinds.indexOf(b.kind) || keyOf(a).localeCompare(keyOf(b), 'en');
}

function keyOf({ app, template, method, what }: Drift): string {
  return `${app} ${template} ${method} ${what}`;
}
