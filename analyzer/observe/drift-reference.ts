/**
 * What was usual some weeks ago beside what is usual now: whoever teaches slowly enough is never told of by a limit that
 * follows, so it is told that the limit has followed far. Levels are limits, so what stays below a floor is no drift.
 *
 * The reference is taken once the subject has been known for a week, and anew after four, or when drift was told: a level
 * that doubles within four weeks is told once, one that takes longer never.
 */
import { type Observation, observationVersion } from '../observation.ts';

export interface Reference {
  /** Local day since 1970 that it was taken on. */
  readonly day: number;
  /** Limits then, by what they are of. */
  readonly levels: readonly number[];
}

/** A limit so many times as high as at the reference is told. */
const driftTimes = 2;
const longestDays = 28;
/** Days that a subject is known before its reference is taken: the most of few days is too little. */
export const settledDays = 7;

export interface Drift {
  /** Which of the levels. */
  readonly level: number;
  readonly before: number;
  readonly now: number;
  readonly days: number;
}

/** The reference from here on, and what has drifted: the level that rose most. */
export function compare(
  reference: Reference | null,
  day: number,
  levels: readonly number[],
): { readonly reference: Reference; readonly drift: Drift | undefined } {
  if (reference === null) return { reference: { day, levels }, drift: undefined };
  let drift: Drift | undefined;
  for (const [level, now] of levels.entries()) {
    const before = reference.levels[level]!;
    if (now < driftTimes * before || (drift !== undefined && now / before <= drift.now / drift.before)) continue;
    drift = { level, before, now, days: day - reference.day };
  }
  const isOver = drift !== undefined || day - reference.day >= longestDays;
  return { reference: isOver ? { day, levels } : reference, drift };
}

/** `about`: what the observation of the measure that drifted would say of its subject. Value: times. */
export function driftOf(
  { before, now, days }: Drift,
  about: Pick<Observation, 'subject' | 'app' | 'end' | 'window' | 'samples' | 'clients' | 'accounts' | 'completeness'> &
    Partial<Pick<Observation, 'apiId' | 'method' | 'template'>>,
): Observation {
  return {
    ...about,
    v: observationVersion,
    measure: 'baseline-drift',
    begin: about.end - days * 86_400e6,
    value: now / before,
    numbers: { before, now, days },
  };
}
