/** Which days are for work: days of the week, and what a calendar says otherwise of single days. */

export interface CalendarOptions {
  /** Days of the week for work where no calendar says otherwise, 0 (Monday) … 6. */
  readonly weekdays: readonly number[];
  /** Local days (since 1970) that are free, and that are for work, against the rule of the week. */
  readonly free: readonly number[];
  readonly work: readonly number[];
  /** Years the calendar knows; of others weekdays alone decide. */
  readonly years: readonly number[];
}

export const weekCalendar: CalendarOptions = { weekdays: [0, 1, 2, 3, 4], free: [], work: [], years: [] };

const dayMs = 86_400_000;

export class Calendar {
  readonly #days = new Map<number, boolean>();
  readonly #weekdays: readonly number[];
  readonly #years: ReadonlySet<number>;
  /** Years that were asked for and that it does not know, while it knows any. */
  readonly #unknown = new Set<number>();
  /** The last day asked for, and its answer: calls of a day come together. */
  #day = -1;
  #isFree = false;

  constructor({ weekdays, free, work, years }: CalendarOptions) {
    this.#weekdays = weekdays;
    this.#years = new Set(years);
    for (const day of work) this.#days.set(day, false);
    for (const day of free) this.#days.set(day, true);
  }

  /** Years of calls that the calendar says nothing of, ascending: there weekdays alone decided. */
  get unknownYears(): number[] {
    return [...this.#unknown].sort((a, b) => a - b);
  }

  /** `day`: local days since 1970. */
  isFree(day: number): boolean {
    if (day === this.#day) return this.#isFree;
    const year = new Date(day * dayMs).getUTCFullYear();
    if (this.#years.size > 0 && !this.#years.has(year)) this.#unknown.add(year);
    this.#day = day;
    // 1970-01-01 was a Thursday.
    this.#isFree = this.#days.get(day) ?? !this.#weekdays.includes((((day + 3) % 7) + 7) % 7);
    return this.#isFree;
  }
}
