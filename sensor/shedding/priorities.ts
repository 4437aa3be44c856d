/**
 * What may be left unread when there is too much to read: a small table of hosts and path prefixes, which deploy/ fills
 * (people's rows, and the inventory). The longest row decides; a person's wins over the inventory's, but for what the
 * inventory keeps whole at the very path while the person spoke of more. A person's row is a prefix; one of the inventory
 * is a template, and what lies below it is another API: of that it decides only where it keeps more, so that a host's
 * harmless `/` says nothing of a login that is not graded yet.
 *
 * Over both stand the classes that are built in (vital-paths.ts). No row has logins, codes, orders and payments shed. What
 * names accounts or trade, or is one address for many operations, is shed by a person's row that names it too, or where
 * the inventory knows that path to be none.
 * Bounds: whoever fills the table bounds it; paths are looked at to `MAX_SEGMENTS`.
 */

import { keptOf, vitalOf } from './vital-paths.ts';

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
  /** The row's own path names what is kept by its words. */
  isNamed: boolean;
}

interface Found {
  depth: number;
  node: Node | null;
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
      node.isNamed = decided === true && vitalOf(path) !== null;
    }
  }

  /** Null for what no row knows. `target`: as sent; `server`: `ip:port`. An exchange without a request has no method either. */
  of(host: string, target: string, server: string, method: string): Priority | null {
    const path = pathOf(target);
    const kept = keptOf(method, path);
    if (kept === 'act') return 'never';
    const name = host === '' ? server : withoutPort(host);
    const segments = segmentsOf(path);
    const decided = longest(this.#decided.get(name), segments, false);
    const learnt = longest(this.#learnt.get(name), segments, true);
    const known = learnt.node?.priority ?? null;
    if (decided.node?.isNamed !== true) {
      const isKnown = learnt.depth === segments.length;
      if (isKnown ? known === 'never' && decided.depth < segments.length : kept !== null) return 'never';
    }
    return decided.node?.priority ?? known;
  }
}

function fresh(): Node {
  return { children: new Map(), any: null, priority: null, isNamed: false };
}

const order: readonly Priority[] = ['low', 'medium', 'high', 'never'];

/** Of two operations behind one path the one that is read longer counts. */
export function moreOf(a: Priority | null, b: Priority): Priority {
  return a === null || order.indexOf(b) > order.indexOf(a) ? b : a;
}

/** `templates`: rows are whole paths, and count for deeper ones only where that keeps more. */
function longest(root: Node | undefined, segments: readonly string[], templates: boolean): Found {
  const found: Found = { depth: -1, node: null };
  if (root !== undefined) descend(root, segments, 0, templates, found);
  return found;
}

function descend(node: Node, segments: readonly string[], depth: number, templates: boolean, found: Found): void {
  const { priority } = node;
  const isEnd = depth === segments.length;
  if (priority !== null && depth > found.depth) {
    if (isEnd || !templates || priority === 'never' || priority === 'high') {
      found.depth = depth;
      found.node = node;
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
