/**
 * What goes into an API and what comes out of it, field by field: learnt from the shapes of successful calls. A call
 * only counts for its shape; fields are told from the shapes (schema-view.ts), so a call costs one look-up a side.
 *
 * Bounds: `mostApis`; of each side `mostShapes`, beyond which the older half is folded into counts by entry, and once
 * `mostFolded` were, only one call in sixteen teaches a new one; characters of all definitions. What finds no room is
 * counted (`refused`).
 */
import type { SideFacts } from '../call.ts';

const mostApis = 20_000;
const mostShapes = 48;
const mostFolded = 512;
const sampling = 16;
/** Entries that are counted by themselves: folded shapes of a side, and what is told of it. */
const mostEntries = 1024;
const mostCharacters = 1 << 26;

/** How often something was met in the messages of a side, and when. */
export interface Met {
  count: number;
  /** Packet time, µs. */
  first: number;
  last: number;
  /** Messages of the side when it was met first and last. */
  firstAt: number;
  lastAt: number;
}

/** Stands for a type in entries that count messages in which a path had one more type than the ones before. */
export const alsoOther = '+';

/** `[entry, count, first, last, firstAt, lastAt]` */
export type EntryRow = readonly [string, number, number, number, number, number];

interface Use extends Met {
  readonly id: number;
  readonly entries: string;
}

interface SideState {
  messages: number;
  first: number;
  last: number;
  readonly shapes: Map<number, Use>;
  /** By entry, of shapes that were folded; null while none was. */
  rest: Map<string, Met> | null;
  folded: number;
}

/** One side as it is stored and told. */
export interface SchemaSide {
  readonly messages: number;
  readonly first: number;
  readonly last: number;
  /** By entry. */
  readonly entries: readonly EntryRow[];
}

export interface ApiSchema {
  readonly apiId: string;
  readonly app: string;
  readonly request: SchemaSide;
  readonly response: SchemaSide;
}

interface SideRow {
  readonly messages: number;
  readonly first: number;
  readonly last: number;
  readonly folded: number;
  readonly shapes: readonly Use[];
  readonly rest: readonly EntryRow[];
}

export interface SchemasSnapshot {
  readonly apis: readonly (readonly [id: string, app: string, SideRow, SideRow])[];
  readonly changed: readonly string[];
  readonly refused: number;
}

interface Known {
  readonly app: string;
  readonly request: SideState;
  readonly response: SideState;
}

export interface SchemaCall {
  readonly apiId: string;
  readonly app: string;
  readonly ts: number;
  readonly sent: SideFacts;
  readonly given: SideFacts;
}

export class Schemas {
  /** Calls that found no room. */
  refused = 0;
  readonly #apis = new Map<string, Known>();
  #changed = new Set<string>();
  #characters = 0;

  /** A call that did what was asked. */
  observe({ apiId, app, ts, sent, given }: SchemaCall): void {
    let known = this.#apis.get(apiId);
    if (known === undefined) {
      if (this.#apis.size >= mostApis) {
        this.refused++;
        return;
      }
      known = { app, request: newSide(), response: newSide() };
      this.#apis.set(apiId, known);
    }
    this.#changed.add(apiId);
    // A request without parameters is one that lacks them; a reply without content says nothing of what others hold.
    this.#count(known.request, ts, sent);
    if (given.shape !== 0) this.#count(known.response, ts, given);
  }

  #count(side: SideState, ts: number, { shape, shapeEntries }: SideFacts): void {
    const at = ++side.messages;
    if (at === 1 || ts < side.first) side.first = ts;
    if (ts > side.last) side.last = ts;
    if (shape === 0) return;
    const known = side.shapes.get(shape);
    if (known !== undefined) meet(known, ts, at);
    else this.#learn(side, ts, shape, shapeEntries);
  }

  #learn(side: SideState, ts: number, id: number, entries: string): void {
    const at = side.messages;
    if (side.folded >= mostFolded && at % sampling !== 0) return;
    if (this.#characters + entries.length > mostCharacters) {
      this.refused++;
      return;
    }
    if (side.shapes.size >= mostShapes) this.#fold(side);
    this.#characters += entries.length;
    side.shapes.set(id, { id, entries, count: 1, first: ts, last: ts, firstAt: at, lastAt: at });
  }

  /** The half that was met longest ago becomes counts. */
  #fold(side: SideState): void {
    const byLast = [...side.shapes.values()].sort((a, b) => a.lastAt - b.lastAt || a.id - b.id);
    side.rest ??= new Map();
    for (const use of byLast.slice(0, mostShapes / 2)) {
      addUse(side.rest, use);
      side.shapes.delete(use.id);
      this.#characters -= use.entries.length;
      side.folded++;
    }
  }

  /** What is known of APIs that were called since the last time, by id. */
  changed(): ApiSchema[] {
    const ids = [...this.#changed].sort();
    this.#changed = new Set();
    return ids.map((apiId) => {
      const { app, request, response } = this.#apis.get(apiId)!;
      return { apiId, app, request: told(request), response: told(response) };
    });
  }

  snapshot(): SchemasSnapshot {
    const apis = [...this.#apis]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { app, request, response }]) => [id, app, sideRow(request), sideRow(response)] as const);
    return { apis, changed: [...this.#changed].sort(), refused: this.refused };
  }

  restore({ apis, changed, refused }: SchemasSnapshot): void {
    this.#apis.clear();
    this.#characters = 0;
    for (const [id, app, request, response] of apis) {
      this.#apis.set(id, { app, request: this.#side(request), response: this.#side(response) });
    }
    this.#changed = new Set(changed);
    this.refused = refused;
  }

  #side({ messages, first, last, folded, shapes, rest }: SideRow): SideState {
    for (const { entries } of shapes) this.#characters += entries.length;
    return {
      messages,
      first,
      last,
      folded,
      shapes: new Map(shapes.map((use) => [use.id, { ...use }])),
      rest: folded === 0 ? null : new Map(rest.map(([entry, ...met]) => [entry, metOf(met)])),
    };
  }
}

function newSide(): SideState {
  return { messages: 0, first: 0, last: 0, shapes: new Map(), rest: null, folded: 0 };
}

function meet(met: Met, ts: number, at: number): void {
  met.count++;
  if (ts < met.first) met.first = ts;
  if (ts > met.last) met.last = ts;
  met.lastAt = at;
}

function addUse(into: Map<string, Met>, use: Use): void {
  const { entries } = use;
  let before = '';
  for (const entry of entries.split('\n')) {
    const path = entry.slice(0, entry.lastIndexOf(':') + 1);
    addMet(into, entry, use);
    // Types of one path stand together: the second and later ones are no further message.
    if (path === before) addMet(into, path + alsoOther, use);
    before = path;
  }
}

function addMet(into: Map<string, Met>, entry: string, { count, first, last, firstAt, lastAt }: Met): void {
  const known = into.get(entry);
  if (known === undefined) {
    if (into.size < mostEntries) into.set(entry, { count, first, last, firstAt, lastAt });
    return;
  }
  known.count += count;
  known.first = Math.min(known.first, first);
  known.last = Math.max(known.last, last);
  known.firstAt = Math.min(known.firstAt, firstAt);
  known.lastAt = Math.max(known.lastAt, lastAt);
}

function told(side: SideState): SchemaSide {
  const all = new Map<string, Met>();
  for (const [entry, met] of side.rest ?? []) all.set(entry, { ...met });
  const shapes = [...side.shapes.values()].sort((a, b) => a.firstAt - b.firstAt || a.id - b.id);
  for (const use of shapes) addUse(all, use);
  return { messages: side.messages, first: side.first, last: side.last, entries: entryRows(all) };
}

function entryRows(all: ReadonlyMap<string, Met>): EntryRow[] {
  return [...all]
    .map(([entry, m]): EntryRow => [entry, m.count, m.first, m.last, m.firstAt, m.lastAt])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function metOf([count, first, last, firstAt, lastAt]: readonly [number, number, number, number, number]): Met {
  return { count, first, last, firstAt, lastAt };
}

function sideRow({ messages, first, last, folded, shapes, rest }: SideState): SideRow {
  const uses = [...shapes.values()].sort((a, b) => a.id - b.id).map((use) => ({ ...use }));
  return { messages, first, last, folded, shapes: uses, rest: entryRows(rest ?? new Map()) };
}
