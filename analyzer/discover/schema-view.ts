/**
 * The schema of an API as people see it, from what was counted (schemas.ts): fields with their types, whether they are
 * always there, and what has changed since the API was first known. An API that several provisional ones became is told
 * from all of theirs.
 */
import { type ApiSchema, alsoOther, type EntryRow, type Met, type SchemaSide } from './schemas.ts';

/** A field is required when it stood in this share of the messages that had what holds it. */
const requiredShare = 0.98;
/** Fewer messages say nothing of what is required. */
const leastMessages = 5;
/** An API is known when so many messages were seen over so long a time; what differs after that has changed. */
const stableMessages = 50;
const stableTime = 86_400e6;
/** What has come is there in this share of the messages since; what has gone was in that share of those before. */
const steadyShare = 0.5;

export type FieldPlace = 'query' | 'body';

export interface SchemaField {
  readonly in: FieldPlace;
  /** `data.rows[].name`. */
  readonly path: string;
  /** `string`, `number`, `boolean`, `array`, `object`, `null`; sorted. */
  readonly types: readonly string[];
  readonly required: boolean;
  /** Of the messages that had what holds it, 0…1. */
  readonly share: number;
  /** Kinds of personal or trading data found there. */
  readonly labels: readonly string[];
  /** Packet time, µs. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface SchemaChange {
  readonly side: 'request' | 'response';
  readonly kind: 'added' | 'removed' | 'type';
  readonly in: FieldPlace;
  readonly path: string;
  /** Of a type that came: which. */
  readonly type: string;
  /** Packet time, µs. */
  readonly at: number;
}

export interface SchemaView {
  readonly requests: number;
  readonly responses: number;
  readonly request: readonly SchemaField[];
  readonly response: readonly SchemaField[];
  /** Oldest first. */
  readonly changes: readonly SchemaChange[];
}

interface Entry extends Met {
  readonly path: string;
  readonly type: string;
}

/** As it lies in the store. */
export interface StoredSchema extends Pick<ApiSchema, 'request' | 'response'> {
  /** `[side, place, path, labels]` of columns with labels. */
  readonly labels: readonly (readonly [string, string, string, readonly string[]])[];
}

export function schemaView(schemas: readonly StoredSchema[]): SchemaView {
  const request = joined(schemas.map((each) => each.request));
  const response = joined(schemas.map((each) => each.response));
  // Which message was the last is known of one alone.
  const changes = schemas.length === 1 ? [...changesOf('request', request), ...changesOf('response', response)] : [];
  return {
    requests: request.messages,
    responses: response.messages,
    request: fieldsOf(request, labelsAt(schemas, 'request')),
    response: fieldsOf(response, labelsAt(schemas, 'response')),
    changes: changes.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1)),
  };
}

function joined(sides: readonly SchemaSide[]): SchemaSide {
  if (sides.length === 1) return sides[0]!;
  const all = new Map<string, EntryRow>();
  let [messages, from, to] = [0, Number.MAX_SAFE_INTEGER, 0];
  for (const { messages: more, first, last, entries } of sides) {
    if (more === 0) continue;
    messages += more;
    from = Math.min(from, first);
    to = Math.max(to, last);
    for (const row of entries) {
      const [entry, count, began, ended, firstAt, lastAt] = row;
      const known = all.get(entry);
      if (known === undefined) all.set(entry, row);
      else {
        all.set(entry, [
          entry,
          known[1] + count,
          Math.min(known[2], began),
          Math.max(known[3], ended),
          firstAt,
          lastAt,
        ]);
      }
    }
  }
  return { messages, first: messages === 0 ? 0 : from, last: to, entries: [...all.values()] };
}

function entriesOf({ entries }: SchemaSide): Map<string, Entry[]> {
  const byPath = new Map<string, Entry[]>();
  for (const [entry, count, first, last, firstAt, lastAt] of entries) {
    const colon = entry.lastIndexOf(':');
    const path = entry.slice(0, colon);
    const one = { path, type: entry.slice(colon + 1), count, first, last, firstAt, lastAt };
    const known = byPath.get(path);
    if (known === undefined) byPath.set(path, [one]);
    else known.push(one);
  }
  return byPath;
}

/** Labels by place and path. */
function labelsAt(schemas: readonly StoredSchema[], side: string): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { labels } of schemas) {
    for (const [of, place, path, found] of labels) {
      if (of !== side) continue;
      const key = `${place} ${path}`;
      all.set(key, [...new Set([...(all.get(key) ?? []), ...found])].sort());
    }
  }
  return all;
}

function fieldsOf(side: SchemaSide, labels: ReadonlyMap<string, readonly string[]>): SchemaField[] {
  const byPath = entriesOf(side);
  const fields: SchemaField[] = [];
  for (const [path, entries] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const types = [...new Set(entries.map(({ type }) => type))].filter((type) => type !== alsoOther).sort();
    const holders = holderCount(byPath, path, side.messages);
    const share = Math.min(1, present(entries) / Math.max(1, holders));
    const place = placeOf(path);
    fields.push({
      ...place,
      labels: labels.get(`${place.in} ${place.path}`) ?? [],
      types,
      required: side.messages >= leastMessages && share >= requiredShare,
      share: Math.round(share * 1000) / 1000,
      firstSeen: Math.min(...entries.map(({ first }) => first)),
      lastSeen: Math.max(...entries.map(({ last }) => last)),
    });
  }
  return fields;
}

/** Messages that had the field, whatever its type. */
function present(entries: readonly Entry[]): number {
  return entries.reduce((sum, { type, count }) => sum + (type === alsoOther ? -count : count), 0);
}

/** Messages that had what holds the field. */
function holderCount(byPath: ReadonlyMap<string, readonly Entry[]>, path: string, messages: number): number {
  const holder = holderOf(path);
  if (holder === '') return messages;
  const type = path.endsWith('[]') ? 'array' : 'object';
  return byPath.get(holder)?.find((entry) => entry.type === type)?.count ?? messages;
}

function holderOf(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2);
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function placeOf(path: string): { in: FieldPlace; path: string } {
  return path.startsWith('?') ? { in: 'query', path: path.slice(1) } : { in: 'body', path };
}

function changesOf(name: SchemaChange['side'], side: SchemaSide): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const byPath = entriesOf(side);
  const came = new Set<string>();
  const went = new Set<string>();
  for (const [path, entries] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const first = Math.min(...entries.map((entry) => entry.first));
    const isNew = entries.every((entry) => hasCome(entry, side));
    const isGone = entries.every((entry) => hasGone(entry, side));
    const holder = holderOf(path);
    if (isNew) {
      came.add(path);
      // What holds it came with all that is in it.
      if (!came.has(holder)) changes.push({ side: name, kind: 'added', ...placeOf(path), type: '', at: first });
    } else if (isGone) {
      went.add(path);
      const at = Math.max(...entries.map((entry) => entry.last));
      if (!went.has(holder)) changes.push({ side: name, kind: 'removed', ...placeOf(path), type: '', at });
    } else {
      for (const entry of entries) {
        if (entry.type === 'null' || entry.type === alsoOther || !hasCome(entry, side)) continue;
        changes.push({ side: name, kind: 'type', ...placeOf(path), type: entry.type, at: entry.first });
      }
    }
  }
  return changes;
}

function hasCome({ first, firstAt, count }: Entry, side: SchemaSide): boolean {
  const since = side.messages - firstAt + 1;
  return firstAt > stableMessages && first - side.first >= stableTime && count >= since * steadyShare;
}

function hasGone({ last, lastAt, firstAt, count }: Entry, side: SchemaSide): boolean {
  const before = lastAt - firstAt + 1;
  return side.messages - lastAt >= stableMessages && side.last - last >= stableTime && count >= before * steadyShare;
}
