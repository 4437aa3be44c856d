/** A schema with the labels that the columns of its fields confirm. */
import type { Direction } from '../classify/columns.ts';
import type { StoredSchema } from '../discover/schema-view.ts';
import type { ApiSchema } from '../discover/schemas.ts';
import type { Labels } from './labels.ts';

type Labelled = StoredSchema['labels'][number];

export function withLabels(schema: ApiSchema, labels: Labels): ApiSchema & StoredSchema {
  const found = [...labelled(schema, 'request', labels), ...labelled(schema, 'response', labels)];
  return { ...schema, labels: found };
}

function labelled(schema: ApiSchema, side: Direction, labels: Labels): Labelled[] {
  const found: Labelled[] = [];
  let before = '';
  for (const [entry] of schema[side].entries) {
    const path = entry.slice(0, entry.lastIndexOf(':'));
    if (path === before) continue;
    before = path;
    const [place, name] = path.startsWith('?') ? ['query', path.slice(1)] : ['body', path];
    const here = labels.at(schema.apiId, side, place, name);
    if (here.length > 0) found.push([side, place, name, here]);
  }
  return found;
}
