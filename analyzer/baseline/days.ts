/** The days of a subject that are over, and what is usual of them. */
import type { Usual } from '../observation.ts';

/** What a day is measured by, in the order it is kept. */
export const dayMeasures = ['calls', 'busiestHour', 'responseBytes', 'persons', 'errors', 'labels'] as const;
export type DayMeasure = (typeof dayMeasures)[number];
export type DayFigures = Readonly<Record<DayMeasure, number>>;

/** Days remembered; empty ones are none. */
const mostDays = 28;
/** Days it takes to know what is usual. */
export const learningDays = 5;

const width = dayMeasures.length;
/** Measures that one attack could drive up; errors and labels are facts in themselves. */
const bounded = 4;

/**
 * Adds a day to `past`, the figures of all days one after the other. Once enough are known, a day teaches three times
 * its measure's 95th percentile at most, so that one drain does not become usual.
 */
export function addDay(past: number[], figures: readonly number[]): void {
  const learnt = daysIn(past) >= learningDays;
  for (let m = 0; m < width; m++) {
    const figure = figures[m]!;
    // `past` grows as this goes on: what was there before is all but the figures of the new day.
    past.push(learnt && m < bounded ? Math.min(figure, Math.max(1, 3 * usualOf(past, m).p95)) : figure);
  }
  if (past.length > mostDays * width) past.splice(0, width);
}

/** Days that are complete in `past`. */
export function daysIn(past: readonly number[]): number {
  return Math.floor(past.length / width);
}

function usualOf(past: readonly number[], measure: number): Usual {
  const n = daysIn(past);
  const values = new Array<number>(n);
  for (let day = 0; day < n; day++) values[day] = past[day * width + measure]!;
  values.sort((a, b) => a - b);
  const rank = (share: number) => values[Math.max(0, Math.ceil(share * n) - 1)] ?? 0;
  return { median: rank(0.5), p95: rank(0.95), n };
}

export function usualDays(past: readonly number[]): Readonly<Record<DayMeasure, Usual>> {
  return Object.fromEntries(dayMeasures.map((name, m) => [name, usualOf(past, m)])) as Record<DayMeasure, Usual>;
}
