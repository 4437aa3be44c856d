/**
 * What a correlation holds of one group: plain data, so a snapshot is a copy. Each kind of correlation has its own
 * state and its own way to take a hit; `take` says what the measure is now, and which hits are new to a finding.
 */
import type { Usual } from '../observation.ts';
import { type Correlation, mostHeld, risesOnly, within } from './correlation.ts';
import type { Hit } from './hit.ts';

/** Hits in order; numbers count the hits of the group from 1, so that none is reported twice. */
interface Sliding {
  readonly kind: 'sliding';
  hits: Hit[];
  values: number[];
  times: number[];
  sum: number;
}

interface Distinct {
  readonly kind: 'distinct';
  /** By value, least recent first: time, number, hit. */
  last: [value: string, time: number, number: number, hit: Hit][];
  /** Hits of the same values before those, that no finding has yet: the first 16. */
  earlier: Hit[];
}

interface Temporal {
  readonly kind: 'temporal';
  /** By rule: the last hit. */
  last: ([time: number, number: number, hit: Hit] | null)[];
  /** What the rules brought before that, and no finding has yet: the first 16. */
  earlier: Hit[];
}

interface Ordered {
  readonly kind: 'ordered';
  /** By rule: the latest begin of an ordered run up to it, with the run. */
  runs: ({ begin: number; hits: [number: number, hit: Hit][] } | null)[];
}

interface Baseline {
  readonly kind: 'baseline';
  /** Number of the window since 1970. */
  window: number;
  sum: number;
  fired: boolean;
  /** First 16 hits of the window that are not reported yet. */
  hits: Hit[];
  /** What earlier windows that were not empty came to, oldest first. */
  past: number[];
}

interface Closing {
  readonly kind: 'closing';
  /** The window began with its first hit. */
  begin: number;
  count: number;
  values: number[];
  distinct: string[];
  hits: Hit[];
}

export type Body = Sliding | Distinct | Temporal | Ordered | Baseline | Closing;

export interface Group {
  /** Values of the group-by fields. */
  readonly by: readonly string[];
  /** Time of its last hit, µs. */
  time: number;
  /** Hits so far. */
  number: number;
  /** Hits up to this number are in a finding. */
  reported: number;
  readonly body: Body;
}

/** A condition that holds: the measure, and the hits that no finding has yet. */
export interface Firing {
  readonly group: Group;
  readonly time: number;
  readonly measured: { readonly name: string; readonly value: number; readonly threshold?: number };
  readonly usual?: Usual;
  readonly hits: readonly Hit[];
}

/** Windows a baseline remembers, and hits that are held of one which is judged at its end. */
const mostPast = 28;
const mostSamples = 16;

export function newBody({ type, rules, bounds }: Correlation): Body {
  if (type === 'temporal') return { kind: 'temporal', last: rules.map(() => null), earlier: [] };
  if (type === 'temporal_ordered') return { kind: 'ordered', runs: rules.map(() => null) };
  if (type === 'deviation') return { kind: 'baseline', window: -1, sum: 0, fired: false, hits: [], past: [] };
  if (!risesOnly(bounds) && type !== 'value_avg' && type !== 'value_percentile') {
    return { kind: 'closing', begin: -1, count: 0, values: [], distinct: [], hits: [] };
  }
  if (type === 'value_count') return { kind: 'distinct', last: [], earlier: [] };
  return { kind: 'sliding', hits: [], values: [], times: [], sum: 0 };
}

/** One that `take` may change by itself. It changes lists, but nothing in them: hits and runs are shared. */
export function copyOf(group: Group): Group {
  const body: Record<string, unknown> = { ...group.body };
  for (const name in body) if (Array.isArray(body[name])) body[name] = [...body[name]];
  return { ...group, body: body as unknown as Body };
}

/** Counts need no more than their threshold; the rest makes the measure told more exact. */
function heldBy({ type, bounds }: Correlation): number {
  const counts = type === 'event_count' || type === 'value_count';
  return counts ? Math.min(mostHeld, Math.max(256, 4 * Math.max(bounds.gte ?? 0, bounds.gt ?? 0))) : mostHeld;
}

/** Entries a group holds, for the bound over all groups. */
export function sizeOf(body: Body): number {
  if (body.kind === 'sliding' || body.kind === 'closing') return body.hits.length + 1;
  if (body.kind === 'distinct') return body.last.length + body.earlier.length + 1;
  return 4;
}

/**
 * `index`: which rule of the correlation hit. `brought`: what else stands behind a hit of a correlation. `value`: of the
 * condition's field. Undefined: the condition does not hold.
 */
export function take(
  correlation: Correlation,
  group: Group,
  index: number,
  hit: Hit,
  brought: readonly Hit[],
  time: number,
  value: string | number,
  zoneOffset: number,
): Firing | undefined {
  group.time = time;
  group.number++;
  const { body } = group;
  switch (body.kind) {
    case 'sliding':
      return takeSliding(correlation, group, body, hit, time, Number(value));
    case 'distinct':
      return takeDistinct(correlation, group, body, hit, time, textOf(value));
    case 'temporal':
      return takeTemporal(correlation, group, body, index, hit, brought, time);
    case 'ordered':
      return takeOrdered(correlation, group, body, index, hit, time);
    case 'baseline':
      return takeBaseline(
        correlation,
        group,
        body,
        hit,
        time,
        correlation.fields.length === 0 ? 1 : Number(value),
        zoneOffset,
      );
    case 'closing':
      if (body.begin < 0) body.begin = time;
      body.count++;
      if (
        correlation.type === 'value_count' &&
        !body.distinct.includes(textOf(value)) &&
        body.distinct.length < mostHeld
      ) {
        body.distinct.push(textOf(value));
      }
      if (correlation.type === 'value_sum') body.values = [(body.values[0] ?? 0) + Number(value)];
      if (body.hits.length < mostSamples) body.hits.push(hit);
      return undefined;
  }
}

/** Numbers in base 36: sixteen digits of a hash may read as the number of a card. */
function textOf(value: string | number): string {
  return typeof value === 'number' ? value.toString(36) : value;
}

function nameOf({ type, fields }: Correlation): string {
  return fields.length === 0 ? type : `${type} ${fields.join(', ')}`;
}

function fire(correlation: Correlation, group: Group, time: number, value: number, hits: readonly Hit[]): Firing {
  const threshold = correlation.bounds.gte ?? correlation.bounds.gt;
  group.reported = group.number;
  return {
    group,
    time,
    measured: { name: nameOf(correlation), value, ...(threshold === undefined ? {} : { threshold }) },
    hits,
  };
}

/** The window is (now − timespan, now]. */
function takeSliding(
  correlation: Correlation,
  group: Group,
  body: Sliding,
  hit: Hit,
  time: number,
  value: number,
): Firing | undefined {
  const { hits, values, times } = body;
  hits.push(hit);
  values.push(value);
  times.push(time);
  body.sum += value;
  let gone = 0;
  while (times[gone] <= time - correlation.timespan) gone++;
  // At the bound the oldest go: counts stay beyond their threshold, sums of more hits than that are of the latest.
  gone = Math.max(gone, times.length - heldBy(correlation));
  if (gone > 0) {
    hits.splice(0, gone);
    values.splice(0, gone);
    times.splice(0, gone);
    body.sum = values.reduce((sum, each) => sum + each, 0);
  }
  let measure = hits.length;
  if (correlation.type === 'value_sum') measure = body.sum;
  else if (correlation.type === 'value_avg') measure = body.sum / hits.length;
  else if (correlation.type === 'value_percentile') measure = percentile(values, correlation.percentile);
  if (!within(correlation.bounds, measure)) return undefined;
  const fresh = Math.min(hits.length, group.number - group.reported);
  return fire(correlation, group, time, measure, hits.slice(hits.length - fresh));
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
}

function takeDistinct(
  correlation: Correlation,
  group: Group,
  body: Distinct,
  hit: Hit,
  time: number,
  value: string,
): Firing | undefined {
  const { last } = body;
  const before = last.findIndex(([known]) => known === value);
  if (before >= 0) {
    const [[, , number, replaced]] = last.splice(before, 1);
    if (number > group.reported && body.earlier.length < mostSamples) body.earlier.push(replaced);
  }
  last.push([value, time, group.number, hit]);
  let gone = 0;
  while (last[gone][1] <= time - correlation.timespan) gone++;
  gone = Math.max(gone, last.length - heldBy(correlation));
  if (gone > 0) last.splice(0, gone);
  if (!within(correlation.bounds, last.length)) return undefined;
  const fresh = last.filter(([, , number]) => number > group.reported).map((entry) => entry[3]);
  const hits = withEarlier(body, fresh, time - correlation.timespan);
  return fire(correlation, group, time, last.length, hits);
}

/** With what came before them inside the window, in order, each event once. */
function withEarlier(body: Distinct | Temporal, fresh: readonly Hit[], after: number): readonly Hit[] {
  if (fresh.length === 1 && body.earlier.length === 0) return fresh;
  const hits = [...body.earlier.filter((hit) => hit.time > after), ...fresh].sort((a, b) => a.time - b.time);
  body.earlier = [];
  return [...new Map(hits.map((hit) => [`${hit.time} ${hit.uids[0]}`, hit])).values()];
}

function takeTemporal(
  correlation: Correlation,
  group: Group,
  body: Temporal,
  index: number,
  hit: Hit,
  brought: readonly Hit[],
  time: number,
): Firing | undefined {
  const before = body.last[index];
  if (before !== null && before[1] > group.reported) keepEarlier(body, before[2]);
  for (const each of brought) keepEarlier(body, each);
  body.last[index] = [time, group.number, hit];
  const recent = body.last.filter((each) => each !== null && each[0] > time - correlation.timespan);
  if (recent.length < body.last.length) return undefined;
  const fresh = (recent as [number, number, Hit][]).filter(([, number]) => number > group.reported);
  // One event may stand for several of the rules, and is told once.
  const inOrder = fresh.sort((a, b) => a[1] - b[1]).map((each) => each[2]);
  const hits = withEarlier(body, inOrder, time - correlation.timespan);
  return fire(correlation, group, time, recent.length, hits);
}

function keepEarlier(body: Temporal, hit: Hit): void {
  if (body.earlier.length < mostSamples) body.earlier.push(hit);
}

function takeOrdered(
  correlation: Correlation,
  group: Group,
  body: Ordered,
  index: number,
  hit: Hit,
  time: number,
): Firing | undefined {
  const { runs } = body;
  const own: [number, Hit] = [group.number, hit];
  if (index === 0) runs[0] = { begin: time, hits: [own] };
  else {
    const before = runs[index - 1];
    if (before === null || before.begin <= time - correlation.timespan) return undefined;
    const known = runs[index];
    if (known === null || before.begin >= known.begin)
      runs[index] = { begin: before.begin, hits: [...before.hits, own] };
  }
  const whole = runs.at(-1);
  if (index < runs.length - 1 || whole === null || whole === undefined) return undefined;
  const hits = whole.hits.filter(([number]) => number > group.reported).map((each) => each[1]);
  return fire(correlation, group, time, runs.length, hits);
}

function usualOf(past: readonly number[]): Usual {
  return { median: percentile(past, 50) ?? 0, p95: percentile(past, 95) ?? 0, n: past.length };
}

/** What would deviate in the window at hand; undefined while nothing is usual. */
function limitOf({ deviation }: Correlation, past: readonly number[]): number | undefined {
  const { factor, floor, history, unlearned } = deviation!;
  if (past.length < history) return unlearned === undefined ? undefined : Math.max(floor, unlearned);
  return Math.max(floor, factor * usualOf(past).p95);
}

/** Windows stand side by side, aligned to local midnight where they divide the day. */
function takeBaseline(
  correlation: Correlation,
  group: Group,
  body: Baseline,
  hit: Hit,
  time: number,
  value: number,
  zoneOffset: number,
): Firing | undefined {
  const window = Math.floor((time + zoneOffset) / correlation.timespan);
  if (window !== body.window) {
    if (body.sum > 0) {
      // What deviated teaches no more than the limit it crossed: an attack must not become usual at once.
      const limit = limitOf(correlation, body.past);
      body.past.push(body.fired && limit !== undefined ? Math.min(body.sum, limit) : body.sum);
      if (body.past.length > mostPast) body.past.shift();
    }
    body.window = window;
    body.sum = 0;
    body.fired = false;
    body.hits = [];
  }
  body.sum += value;
  const limit = limitOf(correlation, body.past);
  if (limit === undefined || body.sum < limit) {
    if (body.hits.length < mostSamples) body.hits.push(hit);
    return undefined;
  }
  body.fired = true;
  const hits = [...body.hits, hit];
  body.hits = [];
  group.reported = group.number;
  const measured = { name: nameOf(correlation), value: body.sum, threshold: limit };
  return { group, time, measured, usual: usualOf(body.past), hits };
}

/** The window of a group that is judged at its end has ended. */
export function close(correlation: Correlation, group: Group, body: Closing): Firing | undefined {
  const { type, bounds } = correlation;
  const end = body.begin + correlation.timespan;
  const measure =
    type === 'value_count' ? body.distinct.length : type === 'value_sum' ? (body.values[0] ?? 0) : body.count;
  const firing = within(bounds, measure) ? fire(correlation, group, end, measure, body.hits) : undefined;
  body.begin = -1;
  body.count = 0;
  body.values = [];
  body.distinct = [];
  body.hits = [];
  return firing;
}
