/**
 * An API's life in packet time: new, active, inactive, revived. What must be remembered of an API are its first and
 * last success and the silences it came back from; which state that means at a moment, and how it came to be, follows.
 * Failures keep nothing alive: a scanner that asks for a dead API does not wake it.
 */

export type LifecycleState = 'new' | 'active' | 'inactive' | 'revived';

/** Lengths, µs. */
export interface LifecyclePeriods {
  /** New for so long after the first success. */
  readonly new: number;
  /** Inactive after so long without a success. */
  readonly inactive: number;
  /** Revived for so long after coming back. */
  readonly revived: number;
}

const dayUs = 86_400_000_000;

export const usualPeriods: LifecyclePeriods = { new: 7 * dayUs, inactive: 30 * dayUs, revived: 7 * dayUs };

/** A silence that ended. Packet times, µs. */
export interface Revival {
  /** Last success before it. */
  readonly silentSince: number;
  /** First success after it. */
  readonly at: number;
}

/** What is remembered of one API. Plain and JSON-safe. */
export interface Lifecycle {
  /** Packet times of successes, µs since 1970. */
  first: number;
  last: number;
  /** The newest ones, oldest first; at most `mostRevivals`: older ones are forgotten. Replaced, never changed. */
  revivals: readonly Revival[];
}

export interface Transition {
  readonly state: LifecycleState;
  /** Packet time from which on it held, µs. */
  readonly at: number;
}

/** As many as `mostTransitions` can tell of. */
const mostRevivals = 8;
const mostTransitions = 16;

export function beginLife(ts: number): Lifecycle {
  return { first: ts, last: ts, revivals: [] };
}

/** The life of what two APIs were, now that they are one: where either was alive, it was not silent. */
export function joinLives(one: Lifecycle, other: Lifecycle): Lifecycle {
  const wasAlive = ({ first, last }: Lifecycle, { silentSince, at }: Revival) => first < at && last > silentSince;
  const revivals = [
    ...one.revivals.filter((silence) => !wasAlive(other, silence)),
    ...other.revivals.filter((silence) => !wasAlive(one, silence)),
  ].sort((a, b) => a.at - b.at);
  return {
    first: Math.min(one.first, other.first),
    last: Math.max(one.last, other.last),
    revivals: revivals.slice(-mostRevivals),
  };
}

/**
 * Takes in one more success; true when it ends a silence. One from before the last success, as calls that overlap have
 * it, can make the life begin earlier, and ends no silence.
 */
export function liveOn(life: Lifecycle, ts: number, periods: LifecyclePeriods): boolean {
  if (ts <= life.last) {
    if (ts < life.first) life.first = ts;
    return false;
  }
  const silentSince = life.last;
  life.last = ts;
  if (ts - silentSince < periods.inactive) return false;
  life.revivals = [...life.revivals, { silentSince, at: ts }].slice(-mostRevivals);
  return true;
}

/** `now`: the newest packet time there is. */
export function stateAt(
  { first, last, revivals }: Readonly<Lifecycle>,
  now: number,
  periods: LifecyclePeriods,
): LifecycleState {
  if (now - last >= periods.inactive) return 'inactive';
  const revival = revivals.at(-1);
  if (revival !== undefined) return now - revival.at < periods.revived ? 'revived' : 'active';
  return now - first < periods.new ? 'new' : 'active';
}

/** How the state came to be, oldest first, at most 16; the last one is `stateAt`. */
export function transitionsUntil(life: Readonly<Lifecycle>, now: number, periods: LifecyclePeriods): Transition[] {
  const { first, last, revivals } = life;
  const out: Transition[] = [];
  let state: LifecycleState = 'new';
  let from = first;
  let fresh = periods.new;
  const passUntil = (lastSuccess: number, end: number): void => {
    out.push({ state, at: from });
    const inactive = lastSuccess + periods.inactive;
    if (from + fresh < inactive && from + fresh <= end) out.push({ state: 'active', at: from + fresh });
    if (inactive <= end) out.push({ state: 'inactive', at: inactive });
  };
  for (const { silentSince, at } of revivals) {
    passUntil(silentSince, at);
    state = 'revived';
    from = at;
    fresh = periods.revived;
  }
  passUntil(last, Math.max(now, last));
  return out.slice(-mostTransitions);
}
