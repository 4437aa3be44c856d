/**
 * What may be left unread when there is too much to read: a small table of hosts and path prefixes, which deploy/ fills
 * (people's rows, and the inventory). The longest row decides; a person's wins over all of the inventory's. A person's row
 * is a prefix; one of the inventory is a template, and what lies below it is another API: of that it decides only where it
 * keeps more, so that a host's harmless `/` says nothing of a login that is not graded yet.
 * Bounds: whoever fills the table bounds it; paths are looked at to `MAX_SEGMENTS`.
 */

/** `never` is read whatever comes. */
export type Priority = 'never' | 'high' | 'medium' | 'low';

export interface PriorityRow {
  /** Lower case, without a default port; `ip:port` for exchanges that name no host. */
  readonly host: string;
  /** Segments; one with a brace in it (`{id}`) stands for any. */
  readonly path: string;
  readonly priority: Priority;
  /** A person's word. */
  readonly decided?: boolean;
}

const MAX_SEGMENTS = 32;

interface Node {
  readonly children: Map<string, Node>;
  any: Node | null;
  priority: Priority | null;
}

interface Found {
  depth: number;
  priority: Priority | null;
}

export class PriorityTable {
  readonly #decided = new Map<string, Node>();
  readonly #learnt = new Map<string, Node>();
  readonly size: number;

  constructor(rows: readonly PriorityRow[]) {
    this.size = rows.length;
    for (const { host, path, priority, decided } of rows) {
      const hosts = decided === true ? this.#decided : this.#learnt;
      let node = hosts.get(host);
      if (node === undefined) hosts.set(host, (node = fresh()));
      for (const segment of segmentsOf(path)) {
        if (segment.includes('{')) node = node.any ??= fresh();
        else {
          let child = node.children.get(segment);
          if (child === undefined) node.children.set(segment, (child = fresh()));
          node = child;
        }
      }
      node.priority = moreOf(node.priority, priority);
    }
  }

  /** Null for what no row knows. `target`: as sent; `server`: `ip:port`. */
  of(host: string, target: string, server: string): Priority | null {
    const name = host === '' ? server : withoutPort(host);
    const decided = this.#decided.get(name);
    const learnt = this.#learnt.get(name);
    if (decided === undefined && learnt === undefined) return null;
    const segments = segmentsOf(pathOf(target));
    return (decided && longest(decided, segments, false)) ?? (learnt && longest(learnt, segments, true)) ?? null;
  }
}

function fresh(): Node {
  return { children: new Map(), any: null, priority: null };
}

const order: readonly Priority[] = ['low', 'medium', 'high', 'never'];

/** Of two operations behind one path the one that is read longer counts. */
export function moreOf(a: Priority | null, b: Priority): Priority {
  return a === null || order.indexOf(b) > order.indexOf(a) ? b : a;
}

/** `templates`: rows are whole paths, and count for deeper ones only where that keeps more. */
function longest(root: Node, segments: readonly string[], templates: boolean): Priority | null {
  const found: Found = { depth: -1, priority: null };
  descend(root, segments, 0, templates, found);
  return found.priority;
}

function descend(node: Node, segments: readonly string[], depth: number, templates: boolean, found: Found): void {
  const { priority } = node;
  const isEnd = depth === segments.length;
  if (priority !== null && depth > found.depth) {
    if (isEnd || !templates || priority === 'never' || priority === 'high') {
      found.depth = depth;
      found.priority = priority;
    }
  }
  if (isEnd) return;
  const child = node.children.get(segments[depth]!);
  if (child !== undefined) descend(child, segments, depth + 1, templates, found);
  if (node.any !== null) descend(node.any, segments, depth + 1, templates, found);
}

/** Of a target in origin or absolute form (RFC 9112 §3.2), without its query. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  const bare = end < 0 ? target : target.slice(0, end);
  if (bare.startsWith('/')) return bare;
  const scheme = bare.indexOf('://');
  if (scheme < 0) return bare;
  const slash = bare.indexOf('/', scheme + 3);
  return slash < 0 ? '/' : bare.slice(slash);
}

/** Empty ones and parameters behind a semicolon tell no API from another; percent signs hide none. */
function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  for (const raw of path.split('/', 2 * MAX_SEGMENTS)) {
    const semicolon = raw.indexOf(';');
    const segment = semicolon < 0 ? raw : raw.slice(0, semicolon);
    if (segment === '' || segments.length === MAX_SEGMENTS) continue;
    segments.push(segment.includes('%') ? decoded(segment) : segment);
  }
  return segments;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function withoutPort(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/\.?(?::(?:80|443)?)?$/, '');
}
