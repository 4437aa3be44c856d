/** What goes into an API and comes out of it, and what has changed: for people, and for scripts. */
import type { SchemaField, SchemaView, StoredSchema } from '../../analyzer/analyzer.ts';
import { schemaView } from '../../analyzer/analyzer.ts';
import type { Store } from '../../storage/store/store.ts';
import { name as word } from './ledger-view.ts';
import { section } from './summary.ts';
import { type Cell, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanShare } from './units.ts';

/** Rows of each table; all of them are in the JSON. */
const mostRows = 40;

export interface SchemaRow {
  readonly apiId: string;
  readonly app: string;
  /** StoredSchema as JSON text. */
  readonly payload: string;
}

/** What is known of one API; of one without calls that succeeded nothing. */
export async function askSchema(store: Store, id: string): Promise<SchemaView> {
  return viewOf(await store.ask<SchemaRow>('schemas', { id }));
}

export function viewOf(rows: readonly SchemaRow[]): SchemaView {
  return schemaView(rows.map(({ payload }) => JSON.parse(payload) as StoredSchema));
}

/** Parameters in the path of a template, which every call has. */
function pathNames(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!);
}

export function schemaJson(view: SchemaView, template: string): Record<string, unknown> {
  const field = ({ path, types, required, share, labels, firstSeen, lastSeen }: SchemaField) => ({
    ...{ name: path, type: types.join('|'), required, share, labels },
    ...{ firstSeen: isoTime(firstSeen), lastSeen: isoTime(lastSeen) },
  });
  return {
    parameters: [
      ...pathNames(template).map((name) => ({ in: 'path', name, type: 'string', required: true })),
      ...view.request.map((each) => ({ in: each.in, ...field(each) })),
    ],
    fields: view.response.map(field),
    changes: view.changes.map(({ at, side, kind, in: place, path, type }) => ({
      ...{ ts: isoTime(at), side, kind, in: place, name: path },
      ...(type === '' ? {} : { type }),
    })),
  };
}

export function renderSchema(view: SchemaView, template: string, texts: Texts, zone: string, width: number): string {
  const { columns, titles, kinds, sides, always, path } = texts.schema;
  const about = ({ types, required, share, labels }: SchemaField): Cell[] => [
    types.join(', '),
    required ? always : humanShare(share),
    labels.map((label) => word(texts.terms.labels, label)).join(', '),
  ];
  const parameters: Cell[][] = [
    ...pathNames(template).map((name) => [path, name, 'string', always, '']),
    ...view.request.filter(isTold).map((each) => [word(texts.schema.places, each.in), each.path, ...about(each)]),
  ];
  const fields = view.response.filter(isTold).map((each): Cell[] => [each.path, ...about(each)]);
  const changes = view.changes.map(({ at, side, kind, path: name, type }): Cell[] => [
    zonedTime(at, zone).slice(0, 16),
    sides[side],
    name,
    kind === 'type' ? kinds.type(type) : kinds[kind],
  ]);
  const table = (title: string, headers: readonly string[], rows: readonly Cell[][]): string => {
    if (rows.length === 0) return '';
    const shown = renderTable(
      headers.map((header) => ({ header, min: 8 })),
      rows.slice(0, mostRows),
      width,
    );
    const more = rows.length > mostRows ? `${texts.schema.more(rows.length - mostRows)}\n` : '';
    return `\n${section(title, shown + more)}`;
  };
  const described = [columns.type, columns.share, columns.labels];
  return (
    table(titles.parameters, [columns.in, columns.name, ...described], parameters) +
    table(titles.fields, [columns.name, ...described], fields) +
    table(titles.changes, [columns.time, columns.side, columns.name, columns.change], changes)
  );
}

/** What only holds others is seen by what it holds. */
function isTold({ types }: SchemaField): boolean {
  return types.some((type) => type !== 'object' && type !== 'array');
}
