/**
 * What a measure has learnt of a subject, as it judges by it: for people who ask what is usual, and since when. A fact,
 * plain and JSON-safe.
 */

/** What has to be known before anything is usual. */
export interface Lesson {
  readonly what: 'days' | 'windows' | 'answers' | 'calls';
  readonly has: number;
  readonly needs: number;
}

/** What is counted. */
export type Quantity = 'calls' | 'persons' | 'values' | 'kinds' | 'failures' | 'milliseconds';

export interface Learnt {
  /** Name of the measure, as observations have it. */
  readonly measure: string;
  readonly quantity: Quantity;
  readonly app: string;
  /** Whom it is of: an API id (as it was first named), an account, a client, an application, a function. */
  readonly id: string;
  /** Length of a window, µs; 0: single answers. */
  readonly window: number;
  /** Which hours, where they are learnt apart. */
  readonly slot?: 'session' | 'off-session' | 'free-day';
  /** Packet time from which on it was learnt, µs since 1970; absent where that is not kept. */
  readonly since?: number;
  readonly lessons: readonly Lesson[];
  /** All lessons are learnt. */
  readonly isLearnt: boolean;
  /** Absent while there is nothing. */
  readonly median?: number;
  /** The share of windows that do not pass `high`, 0…1; absent with it. */
  readonly highShare?: number;
  readonly high?: number;
  /** More than this is told of, as of now; failures: a share of calls. */
  readonly threshold: number;
  /** Less than the threshold is told of, not more. */
  readonly isLow?: true;
  /** The window or answer last seen. */
  readonly last: number;
}

export function isComplete(lessons: readonly Lesson[]): boolean {
  return lessons.every(({ has, needs }) => has >= needs);
}
