/** When staff are at work. */
import type { Calendar } from './calendar.ts';

export interface WorkingHours {
  /** Minutes after local midnight at which work begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Days of the week, 0 (Monday) … 6; a calendar says more. */
  readonly days: readonly number[];
}

export const usualHours: WorkingHours = { from: 7 * 60, to: 21 * 60, days: [0, 1, 2, 3, 4] };

const minute = 60e6;
const minutesOfDay = 24 * 60;

/** `time`: packet time, µs; `zoneOffset`: what local time is ahead of UTC, µs. */
export function isOffHours(
  time: number,
  {
    zoneOffset,
    hours,
    calendar,
  }: { readonly zoneOffset: number; readonly hours: WorkingHours; readonly calendar?: Calendar },
): boolean {
  const minutes = Math.floor((time + zoneOffset) / minute);
  const day = Math.floor(minutes / minutesOfDay);
  const at = minutes - day * minutesOfDay;
  if (at < hours.from || at >= hours.to) return true;
  // 1970-01-01 was a Thursday.
  return calendar === undefined ? !hours.days.includes((day + 3) % 7) : calendar.isFree(day);
}
