/**
 * Applications that are called far less than usual at this hour: calls of an hour beside those of the same hour on the
 * last days of the same type (work day, free day). It takes fewer than half of them, and a cumulative sum of the
 * shortfall, in deviations of its logarithm (CUSUM; k = 0.5, h = 5): where calls vary little, fewer than a fifth are told
 * of in the first hour and fewer than half within three. The sum grows no further than to 2 h, so that after a long end
 * what is usual is learnt again within half a day. Value: calls of the hour. `numbers`: `sum` (of shortfall), `share` (of
 * what is usual). `usual`: of the same hours.
 *
 * An hour in which no application was called at all was not looked at: a mirror that is silent, or a gap between
 * captures, says nothing of applications. Nor does an hour of which more than ten minutes on end were not seen, because
 * packet time jumped over them: a capture that begins or stops within it, a restart. It is neither judged nor learnt.
 *
 * Bounds: 1,000 applications (calls of others are counted), 8 earlier hours for each hour of both types of day.
 */
import { isComplete, type Learnt } from '../learnt.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';

interface State {
  calls: number;
  /** By type of day and hour: counts, newest last. */
  readonly past: number[][];
  sum: number;
  uid: string;
  begin: number;
}

export interface TrafficDropSnapshot {
  readonly hour: number;
  readonly last: number;
  readonly isTorn: boolean;
  readonly apps: readonly (readonly [string, State])[];
}

const hourLength = 3600e6;
/** What may be missing of an hour at a stretch, µs. */
const mostGap = 600e6;
const mostApps = 1000;
const mostPast = 8;
const leastPast = 3;
const leastUsual = 60;
const deviation = 0.3;
const slack = 0.5;
const limit = 5;
const none: readonly Observation[] = Object.freeze([]);

export class TrafficDrop {
  readonly #apps = new Map<string, State>();
  /** Hours since 1970, local; -1: none is under way. */
  #hour = -1;
  /** Packet time as it was last heard of; 0: never. */
  #last = 0;
  /** Too much of the hour under way was not seen. */
  #isTorn = false;
  #refused = 0;

  /** `zoneOffset`: what local time is ahead of UTC, µs; `isFree`: whether a local day (since 1970) is free of work. */
  constructor(
    private readonly zoneOffset: number,
    private readonly isFree: (day: number) => boolean,
    private readonly isFrozen: IsFrozen = neverFrozen,
  ) {}

  /** Calls of applications for which there was no room. */
  get evicted(): number {
    return this.#refused;
  }

  /** Counts a call; what the hours before it tell, when it is the first of an hour. */
  take(app: string, time: number, uid: string): readonly Observation[] {
    const out = this.settle(time);
    let state = this.#apps.get(app);
    if (state === undefined) {
      if (this.#apps.size >= mostApps) {
        this.#refused++;
        return out;
      }
      this.#apps.set(app, (state = { calls: 0, past: [], sum: 0, uid: '', begin: 0 }));
    }
    state.calls++;
    state.uid = uid;
    return out;
  }

  /** Packet time has come so far: what hours that are over by `time` tell. */
  settle(time: number): readonly Observation[] {
    if (time === Number.POSITIVE_INFINITY || time <= this.#last) return none;
    const last = this.#last;
    this.#last = time;
    const hour = Math.floor((time + this.zoneOffset) / hourLength);
    let out = none;
    if (hour > this.#hour) {
      const isSeen = !this.#isTorn && Math.min(time, this.#begin(this.#hour + 1)) - last <= mostGap;
      if (isSeen && this.#isCalled()) out = this.#close();
      else for (const state of this.#apps.values()) state.calls = 0;
      this.#hour = hour;
      this.#isTorn = false;
    }
    if (time - Math.max(last, this.#begin(hour)) > mostGap) this.#isTorn = true;
    return out;
  }

  /** When an hour begins, µs. */
  #begin(hour: number): number {
    return hour * hourLength - this.zoneOffset;
  }

  #isCalled(): boolean {
    for (const { calls } of this.#apps.values()) if (calls > 0) return true;
    return false;
  }

  #close(): readonly Observation[] {
    const out: Observation[] = [];
    const slot = this.#slot();
    for (const [app, state] of this.#apps) {
      const past = (state.past[slot] ??= []);
      const sorted = [...past].sort((a, b) => a - b);
      const usual = sorted[sorted.length >> 1] ?? 0;
      const { calls } = state;
      if (past.length >= leastPast && usual >= leastUsual) {
        // What varies much by itself takes more.
        const spread = Math.log((1 + sorted.at(-1)!) / (1 + sorted[0]!)) / 2;
        const short = (Math.log(1 + usual) - Math.log(1 + calls)) / Math.max(deviation, spread);
        state.sum = Math.min(2 * limit, Math.max(0, state.sum + short - slack));
        if (state.sum === 0) state.begin = 0;
        else if (state.begin === 0) state.begin = this.#begin(this.#hour);
        if (state.sum >= limit && calls < usual / 2) out.push(this.#observe(app, state, usual, sorted));
      } else {
        state.sum = 0;
        state.begin = 0;
      }
      // An hour that is told of does not become usual.
      if (state.sum < limit && !this.isFrozen('app', app)) {
        past.push(calls);
        if (past.length > mostPast) past.shift();
      }
      state.calls = 0;
    }
    return out;
  }

  forget(isForgotten: IsForgotten): void {
    for (const [app, state] of this.#apps)
      if (isForgotten('app', app)) this.#apps.set(app, { ...state, past: [], sum: 0, begin: 0 });
  }

  /** What is known of every application at this hour of the day, on days of this kind. */
  *learnt(): Iterable<Learnt> {
    if (this.#hour < 0) return;
    for (const [app, { past, calls }] of this.#apps) {
      const sorted = [...(past[this.#slot()] ?? [])].sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1] ?? 0;
      const lessons = [{ what: 'windows' as const, has: sorted.length, needs: leastPast }];
      yield {
        ...{ measure: 'traffic-drop', quantity: 'calls', app, id: app, window: hourLength, lessons, isLow: true },
        ...{ isLearnt: isComplete(lessons) && median >= leastUsual },
        ...(sorted.length === 0 ? {} : { median, highShare: 1, high: sorted.at(-1)! }),
        ...{ threshold: median / 2, last: calls },
      };
    }
  }

  /** Hour of the day under way, from 24 on those of free days. */
  #slot(): number {
    const day = Math.floor(this.#hour / 24);
    return (this.isFree(day) ? 24 : 0) + (this.#hour - day * 24);
  }

  #observe(app: string, { calls, sum, uid, begin }: State, usual: number, sorted: readonly number[]): Observation {
    return {
      v: observationVersion,
      measure: 'traffic-drop',
      subject: { kind: 'app', id: app },
      app,
      begin,
      end: this.#begin(this.#hour + 1),
      window: hourLength,
      value: calls,
      numbers: { sum, share: calls / usual },
      usual: { median: usual, p95: sorted.at(-1)!, n: sorted.length },
      // The last call before the silence, or in it.
      samples: uid === '' ? [] : [uid],
      clients: [],
      accounts: [],
      completeness: 1,
    };
  }

  snapshot(): TrafficDropSnapshot {
    const apps = [...this.#apps].map(([app, state]): [string, State] => [app, copy(state)]);
    return { hour: this.#hour, last: this.#last, isTorn: this.#isTorn, apps };
  }

  restore({ hour, last, isTorn, apps }: TrafficDropSnapshot): void {
    this.#hour = hour;
    this.#last = last;
    this.#isTorn = isTorn;
    this.#apps.clear();
    for (const [app, state] of apps) this.#apps.set(app, copy(state));
  }
}

/** Hours that were never counted are empty lists: JSON knows no holes. */
function copy({ past, ...rest }: State): State {
  return { ...rest, past: Array.from(past, (each) => [...(each ?? [])]) };
}
