/**
 * Applications that are called far less than usual at this hour: calls of an hour beside those of the same hour on the
 * last days of the same type (work day, free day). A cumulative sum of the shortfall, in deviations of its logarithm
 * (CUSUM; k = 0.5, h = 5), tells a small one that lasts as well as a sudden end. Value: calls of the hour. `numbers`:
 * `sum` (of shortfall), `share` (of what is usual). `usual`: of the same hours.
 *
 * An hour in which no application was called at all was not looked at: a mirror that is silent, or a gap between
 * captures, says nothing of applications.
 *
 * Bounds: 1,000 applications, 8 earlier hours for each hour of both types of day.
 */
import { type Observation, observationVersion } from '../observation.ts';

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
  readonly apps: readonly (readonly [string, State])[];
}

const hourLength = 3600e6;
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

  /** `zoneOffset`: what local time is ahead of UTC, µs; `isFree`: whether a local day (since 1970) is free of work. */
  constructor(
    private readonly zoneOffset: number,
    private readonly isFree: (day: number) => boolean,
  ) {}

  /** Counts a call; what the hours before it tell, when it is the first of an hour. */
  take(app: string, time: number, uid: string): readonly Observation[] {
    const out = this.settle(time);
    let state = this.#apps.get(app);
    if (state === undefined) {
      if (this.#apps.size >= mostApps) return out;
      this.#apps.set(app, (state = { calls: 0, past: [], sum: 0, uid: '', begin: 0 }));
    }
    if (this.#hour < 0) this.#hour = Math.floor((time + this.zoneOffset) / hourLength);
    state.calls++;
    state.uid = uid;
    return out;
  }

  /** What hours that are over by `time` tell. */
  settle(time: number): readonly Observation[] {
    if (time === Number.POSITIVE_INFINITY || this.#hour < 0) return none;
    const hour = Math.floor((time + this.zoneOffset) / hourLength);
    if (hour <= this.#hour) return none;
    const isSeen = [...this.#apps.values()].some(({ calls }) => calls > 0);
    const out = isSeen ? this.#close() : none;
    this.#hour = hour;
    return out;
  }

  #close(): readonly Observation[] {
    const out: Observation[] = [];
    const day = Math.floor(this.#hour / 24);
    const slot = (this.isFree(day) ? 24 : 0) + (this.#hour - day * 24);
    for (const [app, state] of this.#apps) {
      const past = (state.past[slot] ??= []);
      const sorted = [...past].sort((a, b) => a - b);
      const usual = sorted[sorted.length >> 1] ?? 0;
      const { calls } = state;
      if (past.length >= leastPast && usual >= leastUsual) {
        // What varies much by itself takes more.
        const spread = Math.log((1 + sorted.at(-1)!) / (1 + sorted[0]!)) / 2;
        const short = (Math.log(1 + usual) - Math.log(1 + calls)) / Math.max(deviation, spread);
        state.sum = Math.max(0, state.sum + short - slack);
        if (state.sum === 0) state.begin = 0;
        else if (state.begin === 0) state.begin = this.#hour * hourLength - this.zoneOffset;
        if (state.sum >= limit && calls < usual / 2) out.push(this.#observe(app, state, usual, sorted));
      } else {
        state.sum = 0;
        state.begin = 0;
      }
      // An hour that is told of does not become usual.
      if (state.sum < limit) {
        past.push(calls);
        if (past.length > mostPast) past.shift();
      }
      state.calls = 0;
    }
    return out;
  }

  #observe(app: string, { calls, sum, uid, begin }: State, usual: number, sorted: readonly number[]): Observation {
    return {
      v: observationVersion,
      measure: 'traffic-drop',
      subject: { kind: 'app', id: app },
      app,
      begin,
      end: (this.#hour + 1) * hourLength - this.zoneOffset,
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
    return { hour: this.#hour, apps: [...this.#apps].map(([app, state]) => [app, copy(state)]) };
  }

  restore({ hour, apps }: TrafficDropSnapshot): void {
    this.#hour = hour;
    this.#apps.clear();
    for (const [app, state] of apps) this.#apps.set(app, copy(state));
  }
}

/** Hours that were never counted are empty lists: JSON knows no holes. */
function copy({ past, ...rest }: State): State {
  return { ...rest, past: Array.from(past, (each) => [...(each ?? [])]) };
}
