/**
 * One correlation with its groups, least recently hit first. Bounds: groups, and entries over all groups; beyond them
 * the least recently hit group is forgotten and counted. Groups whose window has passed go by themselves.
 */
import type { CompiledCorrelation } from './compile.ts';
import type { Hit } from './hit.ts';
import { close, copyOf, type Firing, type Group, newBody, sizeOf, take } from './window.ts';

export interface CorrelatorLimits {
  /** Groups of one correlation. */
  readonly groups: number;
  /** Hits and values held by all groups of one correlation. */
  readonly entries: number;
}

const none: readonly Hit[] = Object.freeze([]);

/** An idle baseline is kept for so many windows. */
const idleWindows = 60;

export interface CorrelatorSnapshot {
  /** Least recently hit first. */
  readonly groups: readonly Group[];
  /** Groups whose window is judged at its end, in order of their ends. */
  readonly closing: readonly (readonly [end: number, key: string])[];
}

export class Correlator {
  /** Groups forgotten at a bound. */
  evicted = 0;
  readonly #groups = new Map<string, Group>();
  #closing: [number, string][] = [];
  #entries = 0;
  /** Until then no group is idle: looking for the oldest walks over the gaps that others left. */
  #busyUntil = Number.NEGATIVE_INFINITY;
  /** The group hit last, which is the newest. */
  #last: Group | undefined;

  constructor(
    readonly compiled: CompiledCorrelation,
    private readonly limits: CorrelatorLimits,
    private readonly zoneOffset: number,
  ) {}

  get length(): number {
    return this.#groups.size;
  }

  /** `time`: never before that of an earlier call. `brought`: hits behind that of a correlation. */
  take(
    index: number,
    by: readonly string[],
    hit: Hit,
    time: number,
    value: string | number,
    brought: readonly Hit[] = none,
  ): Firing | undefined {
    const { correlation } = this.compiled;
    const key = by.length === 1 ? by[0] : JSON.stringify(by);
    this.#forgetIdle(time);
    let group = this.#groups.get(key);
    if (group === undefined) group = { by, time, number: 0, reported: 0, body: newBody(correlation) };
    else if (group !== this.#last) this.#groups.delete(key);
    if (group !== this.#last) this.#groups.set(key, group);
    this.#last = group;
    const before = group.number === 0 ? 0 : sizeOf(group.body);
    const begins = group.body.kind === 'closing' && group.body.begin < 0;
    const firing = take(correlation, group, index, hit, brought, time, value, this.zoneOffset);
    if (begins) this.#closing.push([time + correlation.timespan, key]);
    this.#entries += sizeOf(group.body) - before;
    while (this.#groups.size > this.limits.groups || this.#entries > this.limits.entries) {
      const oldest = this.#groups.keys().next().value;
      if (oldest === undefined || oldest === key) break;
      this.#drop(oldest);
      this.evicted++;
    }
    return firing;
  }

  /** End of the window that is due next, by `time`; undefined when none is. */
  nextClose(time: number): number | undefined {
    const end = this.#closing[0]?.[0];
    return end !== undefined && end <= time ? end : undefined;
  }

  /** Judges the window that is due next. */
  close(): Firing | undefined {
    const [, key] = this.#closing.shift()!;
    const group = this.#groups.get(key);
    if (group?.body.kind !== 'closing' || group.body.begin < 0) return undefined;
    this.#entries -= sizeOf(group.body) - 1;
    return close(this.compiled.correlation, group, group.body);
  }

  /** One for an earlier time, which begins at `time`: without groups, but that what is usual stays known. */
  anew(time: number): Correlator {
    const other = new Correlator(this.compiled, this.limits, this.zoneOffset);
    for (const [key, { by, body }] of this.#groups) {
      if (body.kind !== 'baseline' || body.past.length === 0) continue;
      const usual = { ...newBody(this.compiled.correlation), past: [...body.past] } as typeof body;
      other.#groups.set(key, { by, time, number: 0, reported: 0, body: usual });
      other.#entries += sizeOf(usual);
    }
    return other;
  }

  #forgetIdle(time: number): void {
    if (this.#busyUntil >= time) return;
    const { timespan, type } = this.compiled.correlation;
    const longest = type === 'deviation' ? idleWindows * timespan : timespan;
    for (let i = 0; i < 2; i++) {
      const oldest = this.#groups.entries().next().value;
      this.#busyUntil = (oldest === undefined ? time : oldest[1].time) + longest;
      if (oldest === undefined || this.#busyUntil >= time) return;
      // A window that is judged at its end is waited for.
      if (oldest[1].body.kind === 'closing' && oldest[1].body.begin >= 0) return;
      this.#drop(oldest[0]);
    }
  }

  #drop(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    this.#entries -= sizeOf(group.body);
    this.#groups.delete(key);
    if (group === this.#last) this.#last = undefined;
    if (group.body.kind === 'closing') this.#closing = this.#closing.filter((each) => each[1] !== key);
  }

  snapshot(): CorrelatorSnapshot {
    return { groups: Array.from(this.#groups.values(), copyOf), closing: [...this.#closing] };
  }

  restore(snapshot: CorrelatorSnapshot): void {
    const { groups, closing } = snapshot;
    this.#groups.clear();
    this.#entries = 0;
    this.#busyUntil = Number.NEGATIVE_INFINITY;
    this.#last = undefined;
    for (const stored of groups) {
      const group = copyOf(stored);
      this.#groups.set(group.by.length === 1 ? group.by[0] : JSON.stringify(group.by), group);
      this.#entries += sizeOf(group.body);
    }
    this.#closing = closing.map(([end, key]) => [end, key]);
  }
}
