/** Where what was seen and what was declared part: by the specification of an application, and by the register. */
import { bareTemplate, DeclaredTemplates, type RegisterEntry as Registered } from '../../../analyzer/analyzer.ts';
import type { DeclaredOperation } from './openapi.ts';

export const driftKinds = ['shadow', 'zombie', 'retired-used', 'unregistered', 'unused', 'undocumented'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** An entry of the register, with the day of retirement as it was written; empty where nobody said when. */
export interface RegisterEntry extends Registered {
  readonly day: string;
}

/** What is known of an API that succeeded. */
export interface SeenApi {
  readonly id: string;
  readonly app: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly calls: number;
  /** First and last success, µs. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `query.page`, `body.order.no`; of what is always or often there. */
  readonly request: readonly string[];
  readonly response: readonly string[];
}

export interface Drift {
  readonly kind: DriftKind;
  readonly app: string;
  readonly method: string;
  readonly template: string;
  /** Empty for what was not seen. */
  readonly apiId: string;
  /** `request.body.x`, or the date of retirement; empty for none. */
  readonly what: string;
  readonly calls: number;
  /** 0 for what was not seen. */
  readonly lastSeen: number;
}

const none = { apiId: '', what: '', calls: 0, lastSeen: 0 };

export function specificationDrift(
  app: string,
  declared: readonly DeclaredOperation[],
  seen: readonly SeenApi[],
): Drift[] {
  const drifts: Drift[] = [];
  const used = new Set<DeclaredOperation>();
  const index = new DeclaredTemplates(
    declared.map((operation) => ({ ...operation, template: operation.path, operation })),
  );
  for (const api of seen) {
    const operation = index.of(api.method, api.template)?.operation ?? null;
    const base = { ...api, apiId: api.id, what: '' };
    if (operation === null) {
      drifts.push(driftOf('shadow', base));
      continue;
    }
    used.add(operation);
    if (operation.deprecated) drifts.push(driftOf('zombie', base));
    // Words that a declared parameter could be are told by nothing else: `/users/me` beside `/users/{id}`.
    if (bareTemplate(operation.path) !== bareTemplate(api.template)) continue;
    for (const side of ['request', 'response'] as const)
      for (const field of undocumented(operation[side], api[side]))
        drifts.push(driftOf('undocumented', { ...base, what: `${side}.${field}` }));
  }
  for (const each of declared)
    if (!used.has(each) && !each.deprecated)
      drifts.push({ kind: 'unused', app, method: each.method, template: each.path, ...none });
  return drifts;
}

export function registerDrift(entries: readonly RegisterEntry[], seen: readonly SeenApi[]): Drift[] {
  const drifts: Drift[] = [];
  const index = new DeclaredTemplates(entries);
  for (const api of seen) {
    const entry = index.of(api.method, api.template);
    const base = { ...api, apiId: api.id, what: '' };
    if (entry === null) drifts.push(driftOf('unregistered', base));
    else if (entry.state === 'retired' && api.lastSeen >= entry.retired)
      drifts.push(driftOf('retired-used', { ...base, what: entry.day }));
  }
  return drifts;
}

function driftOf(kind: DriftKind, { app, method, template, apiId, what, calls, lastSeen }: Omit<Drift, 'kind'>): Drift {
  return { kind, app, method, template, apiId, what, calls, lastSeen };
}

function undocumented(declared: readonly string[] | null, seen: readonly string[]): string[] {
  if (declared === null) return [];
  const known = new Set(declared);
  const open = declared.filter((field) => field.endsWith('.*')).map((field) => field.slice(0, -2));
  return seen.filter(
    (field) =>
      !known.has(field.replace(/\[\]$/, '')) &&
      !known.has(field) &&
      !open.some((start) => field === start || field.startsWith(`${start}.`) || field.startsWith(`${start}[`)),
  );
}
