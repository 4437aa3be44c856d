/** Fields that were seen, `data.rows[].name`, as a JSON schema that nests. */
import type { SchemaField } from '../../../analyzer/analyzer.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { [name: string]: Json };

interface Branch {
  field: SchemaField | null;
  readonly members: Map<string, Branch>;
}

/** The schema of all `fields`, whose paths are of one content. */
export function jsonSchema(fields: readonly SchemaField[]): JsonObject {
  return schemaOf(treeOf(fields), true);
}

/** By name, the schemas of the members at the top, with the field itself. */
export function memberSchemas(
  fields: readonly SchemaField[],
): { name: string; field: SchemaField; schema: JsonObject }[] {
  const members: { name: string; field: SchemaField; schema: JsonObject }[] = [];
  for (const [name, branch] of treeOf(fields).members) {
    if (branch.field !== null) members.push({ name, field: branch.field, schema: schemaOf(branch, false) });
  }
  return members;
}

function treeOf(fields: readonly SchemaField[]): Branch {
  const root: Branch = { field: null, members: new Map() };
  for (const field of fields) {
    let at = root;
    for (const key of field.path.split('.')) {
      let end = key.length;
      while (end >= 2 && key.endsWith('[]', end)) end -= 2;
      if (end > 0) at = member(at, key.slice(0, end));
      for (let i = end; i < key.length; i += 2) at = member(at, '[]');
    }
    at.field = field;
  }
  return root;
}

function member(of: Branch, key: string): Branch {
  const known = of.members.get(key);
  if (known !== undefined) return known;
  const made: Branch = { field: null, members: new Map() };
  of.members.set(key, made);
  return made;
}

function schemaOf({ field, members }: Branch, isRoot: boolean): JsonObject {
  const schema: JsonObject = {};
  const items = members.get('[]');
  const types = new Set(field?.types ?? []);
  if (items !== undefined) types.add('array');
  if (isRoot && (items === undefined || members.size > 1)) types.add('object');
  const listed = [...types].sort();
  if (listed.length > 0) schema['type'] = listed.length === 1 ? listed[0]! : listed;
  if (items !== undefined) schema['items'] = schemaOf(items, false);
  else if (types.has('array')) schema['items'] = {};
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const [name, branch] of members) {
    if (name === '[]' || name === '{key}') continue;
    if (name === '*' || name === '**') {
      schema['additionalProperties'] = name === '*' ? schemaOf(branch, false) : true;
      continue;
    }
    Object.defineProperty(properties, name, { value: schemaOf(branch, false), enumerable: true });
    if (branch.field?.required) required.push(name);
  }
  if (Object.keys(properties).length > 0) schema['properties'] = properties;
  if (required.length > 0) schema['required'] = required.sort();
  if (field !== null && field.labels.length > 0) schema['x-apiris-labels'] = field.labels;
  return schema;
}
