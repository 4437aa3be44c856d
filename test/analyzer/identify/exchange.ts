/** Builds one exchange and reads who called, as `read` will: header fields, then leaves, then the reply. */
import { createHash } from 'node:crypto';
import { type CallerOptions, CallerReader } from '../../../analyzer/identify/caller.ts';
import { CidrSet } from '../../../analyzer/identify/cidr.ts';
import type { CallerFacts } from '../../../analyzer/identify/facts.ts';
import type { LeafKind, LeafNode, LeafPlace } from '../../../analyzer/leaf.ts';

export const hash = (text: string): string => createHash('sha256').update(`key ${text}`).digest('hex').slice(0, 16);

export const options: CallerOptions = {
  hash,
  trustedProxies: new CidrSet(['10.0.0.0/8', '2001:db8:1::/48']),
  accountHeaders: ['X-User-Name'],
  accountFields: ['opUser'],
  weakWords: new Set(['password', 'woaini', 'qwe123456', 'dragon']),
  digests: null,
};

interface Leaf {
  readonly node: LeafNode;
  readonly kind: LeafKind;
  readonly text: string;
}

/** Leaves of a value, with the paths that the contract gives them. */
function leavesOf(value: unknown, place: LeafPlace, path = '', name = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, place, `${path}[]`, name));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      leavesOf(inner, place, path === '' ? key : `${path}.${key}`, key),
    );
  }
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'literal';
  return [{ node: { place, path, name, id: 0 }, kind, text: String(value) }];
}

export interface Exchange {
  readonly peer?: string;
  readonly method?: string;
  readonly path?: string;
  readonly operation?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Null when no response was seen. */
  readonly status?: number | null;
  readonly replyHeaders?: readonly (readonly [string, string])[];
  readonly reply?: unknown;
}

const reader = new CallerReader(options);

export function callerOf(exchange: Exchange, by: CallerReader = reader): CallerFacts {
  const { method = exchange.body === undefined ? 'GET' : 'POST', path = '/api/v1/x', query = {} } = exchange;
  const search = new URLSearchParams(query).toString();
  const caller = by.open(exchange.peer ?? '203.0.113.9', {
    side: 'request',
    ts: 1,
    method,
    target: search === '' ? path : `${path}?${search}`,
    version: '1.1',
    host: 'h',
    headers: Object.entries(exchange.headers ?? {}).flat(),
  });
  let id = 0;
  const numbered = ({ node, kind, text }: Leaf) => ({ node: { ...node, id: id++ }, kind, bytes: Buffer.from(text) });
  const asked = by.requestRoles();
  for (const leaf of [...leavesOf(query, 'query'), ...leavesOf(exchange.body ?? {}, 'body')]) {
    const { node, kind, bytes } = numbered(leaf);
    caller.requestLeaf(asked.of(node), node, kind, bytes, 0, bytes.length, false);
  }
  const answered = by.responseRoles();
  for (const leaf of leavesOf(exchange.reply ?? {}, 'body')) {
    const { node, kind, bytes } = numbered(leaf);
    caller.responseLeaf(answered.of(node), node, kind, bytes, 0, bytes.length, false);
  }
  const status = exchange.status === undefined ? 200 : exchange.status;
  return caller.end(
    path,
    exchange.operation ?? '',
    status === null
      ? null
      : { side: 'response', ts: 2, status, reason: '', version: '1.1', headers: (exchange.replyHeaders ?? []).flat() },
  );
}

export function jwt(claims: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.c2lnbmF0dXJlLW9mLW5vYm9keS1hdC1hbGw`;
}
