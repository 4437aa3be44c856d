/**
 * The way of a leak: what a suspected caller did around it, step by step, from the login on. Calls of one API after another
 * are one step, and rounds of the same two steps are told once with their number.
 */
import type { Store } from '../../storage/store/store.ts';

/** Of whom the path is told: one of them is given. */
export interface Suspect {
  readonly kind: 'account' | 'session' | 'client';
  /** As shown. */
  readonly key: string;
}

export interface PathCall {
  readonly uid: string;
  readonly ts: number;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly status: number;
  readonly success: number | boolean;
  readonly client: string;
  readonly account: string;
  readonly session: string;
  readonly device: string;
  readonly functions: readonly string[];
  /** Labels of the response. */
  readonly given: readonly string[];
  readonly persons: number;
  readonly responseBytes: number;
  readonly completeness: number;
}

export type StepRole = 'login' | 'logout' | 'listing' | 'detail' | 'export' | 'other';

export interface PathStep {
  readonly role: StepRole;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly functions: Set<string>;
  readonly clients: Set<string>;
  readonly devices: Set<string>;
  readonly sessions: Set<string>;
  readonly given: Set<string>;
  first: number;
  last: number;
  calls: number;
  failures: number;
  /** Summed over the calls: one person met twice counts twice. */
  persons: number;
  responseBytes: number;
  /** Calls that carried what is traced. */
  matched: number;
  /** Least of the calls, 0…1. */
  completeness: number;
  /** Of the first calls. */
  readonly uids: string[];
}

export interface LeakPath {
  readonly suspect: Suspect;
  readonly steps: readonly PathStep[];
  readonly calls: number;
  /** Mean over the calls, 0…1. */
  readonly completeness: number;
  /** There was more than is looked at. */
  readonly cut: boolean;
}

/** µs before the first traced call in which a login is looked for, and after the last one. */
const before = 12 * 3600e6;
const after = 3600e6;
/** µs without a call that part what belongs together. */
const silence = 1800e6;
/** Calls that are looked at; steps that are told. */
const mostCalls = 50_000;
const mostSteps = 1000;
const mostUids = 5;
/** µs before the leak; who makes more calls than are looked at in this time is told without. */
const nearest = 0.5e6;

export interface PathQuestion {
  readonly suspect: Suspect;
  /** Times of the calls that carried what is traced, µs; none where a subject is traced. */
  readonly hits: readonly number[];
  readonly uids: ReadonlySet<string>;
  /** µs; 0 for no limit. */
  readonly since: number;
  readonly until: number;
}

export async function askPath(store: Store, question: PathQuestion): Promise<LeakPath> {
  const { suspect, hits, uids, since, until } = question;
  const hit = hits.reduce((first, each) => Math.min(first, each), Number.POSITIVE_INFINITY);
  const end = hits.length === 0 ? until : hits.reduce((last, each) => Math.max(last, each), 0) + after;
  const key =
    suspect.kind === 'account' ? { accountHash: suspect.key.split('#').at(-1)! } : { [suspect.kind]: suspect.key };
  const last = until === 0 ? end : Math.min(end, until);
  const ask = (first: number) =>
    store.ask<PathCall>('leak-path', { ...key, since: first, until: last, limit: mostCalls + 1 });
  let first = hits.length === 0 ? since : Math.max(since, hit - before);
  let found = await ask(first);
  let isNearer = false;
  // Of who is busy all day only the hours up to the leak can be looked at.
  for (let span = before / 2; endsBefore(found, hit) && span >= nearest; span /= 2) {
    if (hit - span <= first) continue;
    first = hit - span;
    isNearer = true;
    found = await ask(first);
  }
  const looked = found.slice(0, mostCalls);
  const calls = hits.length === 0 ? looked : looked.slice(beginOf(looked, hit));
  const steps = stepsOf(calls, uids);
  return {
    suspect,
    steps: steps.slice(0, mostSteps),
    calls: calls.length,
    completeness: calls.reduce((sum, call) => sum + call.completeness, 0) / Math.max(1, calls.length),
    cut: isNearer || found.length > mostCalls || steps.length > mostSteps,
  };
}

/** There are more calls than are looked at, and the first traced one is among those beyond. */
function endsBefore(found: readonly PathCall[], hit: number): boolean {
  return found.length > mostCalls && Number.isFinite(hit) && found[mostCalls - 1]!.ts < hit;
}

/** The last login before the first traced call; without one, the first call behind the last silence. */
function beginOf(calls: readonly PathCall[], hit: number): number {
  let begin = 0;
  let login = -1;
  for (const [i, call] of calls.entries()) {
    if (call.ts > hit) break;
    if (i > 0 && call.ts - calls[i - 1]!.ts > silence) begin = i;
    if (call.functions.includes('login')) login = i;
  }
  return login >= 0 ? login : begin;
}

export function stepsOf(calls: readonly PathCall[], traced: ReadonlySet<string>): PathStep[] {
  const steps: PathStep[] = [];
  for (const call of calls) {
    const step = stepOf(call, traced.has(call.uid));
    const last = steps.at(-1);
    if (last !== undefined && isSame(last, step)) {
      add(last, step);
      continue;
    }
    steps.push(step);
    foldRound(steps);
  }
  return steps;
}

/** The same two steps as the two before them: a round of a listing and a detail, say. */
function foldRound(steps: PathStep[]): void {
  const [a, b, c, d] = steps.slice(-4);
  if (d === undefined || !isSame(a!, c!) || !isSame(b!, d)) return;
  add(a!, c!);
  add(b!, d);
  steps.length -= 2;
}

function isSame(a: PathStep, b: PathStep): boolean {
  return a.apiId === b.apiId && a.role === b.role;
}

function add(to: PathStep, more: PathStep): void {
  to.last = Math.max(to.last, more.last);
  to.calls += more.calls;
  to.failures += more.failures;
  to.persons += more.persons;
  to.responseBytes += more.responseBytes;
  to.matched += more.matched;
  to.completeness = Math.min(to.completeness, more.completeness);
  for (const field of ['functions', 'clients', 'devices', 'sessions', 'given'] as const)
    for (const each of more[field]) to[field].add(each);
  if (to.uids.length < mostUids) to.uids.push(...more.uids.slice(0, mostUids - to.uids.length));
}

function stepOf(call: PathCall, isTraced: boolean): PathStep {
  const set = (text: string) => new Set(text === '' ? [] : [text]);
  const { app, apiId, method, template, operation, ts, persons, responseBytes, completeness } = call;
  return {
    ...{ role: roleOf(call), app, apiId, method, template, operation, first: ts, last: ts, calls: 1 },
    ...{ persons, responseBytes, completeness, matched: Number(isTraced), uids: [call.uid] },
    failures: Number(!call.success || call.status >= 400),
    functions: new Set(call.functions),
    clients: set(call.client),
    devices: set(call.device),
    sessions: set(call.session),
    given: new Set(call.given),
  };
}

/** By its functions; a query by how many persons it told of. */
function roleOf({ functions, persons, template }: PathCall): StepRole {
  if (functions.includes('login')) return 'login';
  if (functions.includes('logout')) return 'logout';
  if (functions.includes('export') || functions.includes('download')) return 'export';
  if (persons > 1) return 'listing';
  return persons === 1 || (functions.includes('query') && template.includes('{')) ? 'detail' : 'other';
}
