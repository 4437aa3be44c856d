/**
 * What is remembered of one subject: its day, its past days, hours, sizes and times, acquaintances. Figures and counts
 * lie in arrays that many subjects share, each at its place: objects of their own would be visits to memory, and a
 * figure that outgrows 31 bits an allocation a call.
 */
import { acquaintancesSize, meet, second } from './acquaintances.ts';
import { addDay } from './days.ts';
import { bucketOf, histogramSize } from './log-histogram.ts';

/** Figures by their place. Times are packet times, µs since 1970; hours count from 1970 in the zone. */
export const figure = {
  firstSeen: 0,
  lastSeen: 1,
  calls: 2,
  errors: 3,
  /** Most persons of one response. */
  mostPersons: 4,
  /** The hour under way, and its calls. */
  hour: 5,
  hourCalls: 6,
  /** The day under way, so far; `dayHours` has a bit for each hour of the day that had a call. */
  dayCalls: 7,
  dayErrors: 8,
  dayBytes: 9,
  dayPersons: 10,
  dayPeak: 11,
  dayHours: 12,
  /** Labels by their number, 32 bits each: ever given, and on the day under way. */
  labelsLow: 13,
  labelsHigh: 14,
  dayLabelsLow: 15,
  dayLabelsHigh: 16,
  /** Acquaintances that were forgotten for newer ones. */
  forgotten: 17,
  /** What `calls` was when the profile was last handed on. */
  toldCalls: 18,
} as const;
export const figuresSize = 19;

/** Where in a subject's counts each table begins. */
export const hoursAt = 0;
export const hourDaysAt = 24;
export const weekdaysAt = 48;
export const sizesAt = 55;
export const timesAt = sizesAt + histogramSize;
export const leftAt = timesAt + histogramSize;
export const rightAt = leftAt + acquaintancesSize;
export const countsSize = rightAt + acquaintancesSize;

export interface Subject {
  readonly group: string;
  readonly id: string;
  readonly hash: number;
  /** Its figures are `figuresSize` of these, from `figuresAt` on; its counts `countsSize` from `at` on. */
  readonly figures: Float64Array;
  readonly figuresAt: number;
  readonly counts: Uint32Array;
  readonly at: number;
  readonly past: number[];
  /** Names of the subjects of the two other kinds that it met. */
  readonly left: string[];
  readonly right: string[];
  /** Its number in its table. */
  readonly slot: number;
}

/** What one call adds to each of its subjects; made once and filled for each call. */
export interface Step {
  ts: number;
  /** Seconds since 1970. */
  second: number;
  /** Hours since 1970 in the zone. */
  hour: number;
  /** Of the day, 0…23, and of the week, 0 (Monday) … 6. */
  hourOfDay: number;
  weekday: number;
  isError: boolean;
  /** A response was seen. */
  isAnswered: boolean;
  bytes: number;
  sizeBucket: number;
  timeBucket: number;
  persons: number;
  labelsLow: number;
  labelsHigh: number;
}

export function placeInTime(step: Step, ts: number, zoneOffset: number): void {
  const hour = Math.floor((ts + zoneOffset) / 3_600_000_000);
  const day = Math.floor(hour / 24);
  step.ts = ts;
  step.second = Math.floor(ts / second);
  step.hour = hour;
  step.hourOfDay = hour - day * 24;
  // 1970-01-01 was a Thursday.
  step.weekday = (day + 3) % 7;
}

export function measure(step: Step, bytes: number, durationUs: number): void {
  step.bytes = bytes;
  step.sizeBucket = bucketOf(bytes);
  step.timeBucket = bucketOf(durationUs);
}

export function take(subject: Subject, step: Step, left: Subject | null, right: Subject | null): void {
  const { figures: f, figuresAt: a, counts, at } = subject;
  const { ts, hour } = step;
  if (f[a + figure.calls] === 0) {
    f[a + figure.firstSeen] = ts;
    f[a + figure.lastSeen] = ts;
    f[a + figure.hour] = hour;
  } else {
    if (ts > f[a + figure.lastSeen]!) f[a + figure.lastSeen] = ts;
    else if (ts < f[a + figure.firstSeen]!) f[a + figure.firstSeen] = ts;
    // What comes late counts in the hour at hand.
    if (hour > f[a + figure.hour]!) moveOn(subject, hour);
  }
  f[a + figure.calls]!++;
  f[a + figure.hourCalls]!++;
  f[a + figure.dayCalls]!++;
  f[a + figure.dayHours]! |= 1 << step.hourOfDay;
  if (step.isError) {
    f[a + figure.errors]!++;
    f[a + figure.dayErrors]!++;
  }
  counts[at + hoursAt + step.hourOfDay]!++;
  counts[at + weekdaysAt + step.weekday]!++;
  if (step.isAnswered) {
    f[a + figure.dayBytes]! += step.bytes;
    counts[at + sizesAt + step.sizeBucket]!++;
    counts[at + timesAt + step.timeBucket]!++;
  }
  if (step.persons > 0) {
    f[a + figure.dayPersons]! += step.persons;
    if (step.persons > f[a + figure.mostPersons]!) f[a + figure.mostPersons] = step.persons;
  }
  if (step.labelsLow !== 0) {
    f[a + figure.labelsLow]! |= step.labelsLow;
    f[a + figure.dayLabelsLow]! |= step.labelsLow;
  }
  if (step.labelsHigh !== 0) {
    f[a + figure.labelsHigh]! |= step.labelsHigh;
    f[a + figure.dayLabelsHigh]! |= step.labelsHigh;
  }
  const turn = f[a + figure.calls]!;
  if (left !== null && meet(counts, at + leftAt, subject.left, left.id, left.hash, step.second, turn)) {
    f[a + figure.forgotten]!++;
  }
  if (right !== null && meet(counts, at + rightAt, subject.right, right.id, right.hash, step.second, turn)) {
    f[a + figure.forgotten]!++;
  }
}

/** Closes the hour under way, and the day when it is over. */
function moveOn(subject: Subject, hour: number): void {
  const { figures: f, figuresAt: a, counts, at, past } = subject;
  f[a + figure.dayPeak] = Math.max(f[a + figure.dayPeak]!, f[a + figure.hourCalls]!);
  f[a + figure.hourCalls] = 0;
  const isOver = Math.floor(hour / 24) > Math.floor(f[a + figure.hour]! / 24);
  f[a + figure.hour] = hour;
  if (!isOver) return;
  addDay(past, dayOf(subject));
  for (let h = 0; h < 24; h++) if (f[a + figure.dayHours]! & (1 << h)) counts[at + hourDaysAt + h]!++;
  for (let i: number = figure.dayCalls; i <= figure.dayHours; i++) f[a + i] = 0;
  f[a + figure.dayLabelsLow] = 0;
  f[a + figure.dayLabelsHigh] = 0;
}

/** The day under way, in the order of `dayMeasures`. */
export function dayOf({ figures: f, figuresAt: a }: Subject): number[] {
  const labels = bitsIn(f[a + figure.dayLabelsLow]!) + bitsIn(f[a + figure.dayLabelsHigh]!);
  return [
    f[a + figure.dayCalls]!,
    Math.max(f[a + figure.dayPeak]!, f[a + figure.hourCalls]!),
    f[a + figure.dayBytes]!,
    f[a + figure.dayPersons]!,
    f[a + figure.dayErrors]!,
    labels,
  ];
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word | 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
