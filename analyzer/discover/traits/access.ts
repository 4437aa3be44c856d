/** Reading or writing, and how callers prove who they are. */
import type { Counts } from './counts.ts';
import { type Described, type Judgement, judged, sureness } from './judgement.ts';

const reads: ReadonlySet<string> = new Set(['query', 'quote', 'export', 'download', 'debug', 'config']);
const writes: ReadonlySet<string> = new Set([
  ...['login', 'logout', 'register', 'sms-code', 'sms-verify', 'password-reset', 'import', 'upload', 'create'],
  ...['update', 'delete', 'order', 'payment'],
]);

/** `read`, `write`; a statement of the caller's own may do both. */
export function accessOf({ method, functions }: Described): Judgement {
  const write = functions.find((name) => writes.has(name));
  if (write !== undefined) return judged('write', `function ${write}`, 0.9);
  if (functions.includes('database-query')) return judged('read-write', 'function database-query', 0.8);
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return judged('read', `method ${method}`, 0.9);
  const read = functions.find((name) => reads.has(name));
  if (read !== undefined) return judged('read', `function ${read}`, 0.85);
  return judged('write', `method ${method}`, method === 'POST' ? 0.5 : 0.9);
}

/** Calls of a hundred that must show a way in. */
const share = 5;

/** Kinds of credential that its calls come with, `none` among them where calls succeed without one. */
export function authOf({ credentials, anonymous, successes }: Counts): Judgement {
  const kinds = [...credentials].filter(([, calls]) => calls * 100 >= successes * share).sort(byCalls);
  const values = kinds.map(([kind]) => kind);
  const clauses = kinds.map(([kind, calls]) => `${kind} ${Math.round((100 * calls) / successes)}%`);
  if (anonymous * 100 >= successes * share || values.length === 0) {
    values.push('none');
    clauses.push(`anonymous ${Math.round((100 * anonymous) / successes)}%`);
  }
  return judged(values.join(), clauses.join('; '), 0.9 * sureness(successes));
}

function byCalls([a, some]: readonly [string, number], [b, more]: readonly [string, number]): number {
  return more - some || (a < b ? -1 : 1);
}
