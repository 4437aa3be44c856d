/**
 * How fast, how evenly and how widely a client reads, by the hour. Value: different objects it asked for (up to 512).
 * `numbers`: `calls`, `uneven` (spread of the time between calls over its mean: 0 is a machine's beat, people are above
 * 1), `anonymous` (share of calls without a credential), `robot` (share by programs that are no browser or app).
 *
 * Bounds: 20,000 clients of applications, 4 KiB of fingerprints each.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { nobodyYet, type Party, place } from '../parties.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import type { MeasuredCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface PaceCall extends MeasuredCall {
  readonly isAnonymous: boolean;
  readonly isRobot: boolean;
  /** Hashes of the values it chose. */
  readonly asked: readonly { readonly value: number }[];
}

interface State {
  hour: number;
  begin: number;
  last: number;
  calls: number;
  anonymous: number;
  robot: number;
  /** Sums of the gaps and of their squares, seconds. */
  gaps: number;
  squares: number;
  readonly objects: FingerprintSet;
  uids: string[];
  due: number;
}

type Stored = Omit<State, 'objects'> & { readonly objects: readonly number[] };

export interface PaceSnapshot {
  readonly clients: RecentSnapshot<Stored>;
}

const hourLength = 3600e6;
const leastCalls = 300;
const mostObjects = 512;
const mostSamples = 8;

export class Pace {
  readonly #clients = new Recent<State>(20_000);

  constructor(private readonly parties = nobodyYet()) {}

  get evicted(): number {
    return this.#clients.evicted;
  }

  #find(party: Party): State {
    return this.#clients.hold(party, place.pace, `${party.app}\n${party.id}`, newState);
  }

  /** An observation at the 300th call of an hour, and each time calls have grown by a half; else undefined. */
  take(call: PaceCall): Observation | undefined {
    const { time } = call;
    const party = this.parties.clients.of(call.app, call.client);
    const state = this.#clients.held(party, place.pace) ?? this.#find(party);
    const hour = Math.floor(time / hourLength);
    if (hour > state.hour) begin(state, hour, time);
    else {
      const gap = Math.max(0, time - state.last) / 1e6;
      state.gaps += gap;
      state.squares += gap * gap;
    }
    state.last = time;
    state.calls++;
    if (call.isAnonymous) state.anonymous++;
    if (call.isRobot) state.robot++;
    const { asked } = call;
    for (let i = 0; i < asked.length && state.objects.size < mostObjects; i++) state.objects.add(asked[i].value);
    if (state.uids.length < mostSamples) state.uids.push(call.uid);
    if (state.calls < state.due) return undefined;
    state.due = Math.ceil(state.calls * 1.5);
    const mean = state.gaps / (state.calls - 1);
    const spread = Math.sqrt(Math.max(0, state.squares / (state.calls - 1) - mean * mean));
    return {
      v: observationVersion,
      measure: 'pace',
      subject: { kind: 'client', id: call.client },
      app: call.app,
      begin: state.begin,
      end: time,
      window: hourLength,
      value: state.objects.size,
      numbers: {
        calls: state.calls,
        uneven: mean === 0 ? 0 : spread / mean,
        anonymous: state.anonymous / state.calls,
        robot: state.robot / state.calls,
      },
      samples: [...state.uids, call.uid],
      clients: [call.client],
      accounts: [],
      completeness: call.completeness,
    };
  }

  snapshot(): PaceSnapshot {
    const store = (state: State): Stored => {
      const objects = new Uint32Array(state.objects.size);
      state.objects.writeTo(objects, 0);
      return { ...state, objects: [...objects], uids: [...state.uids] };
    };
    return { clients: this.#clients.snapshot(store) };
  }

  restore({ clients }: PaceSnapshot): void {
    this.#clients.restore(clients, (stored) => {
      const objects = new FingerprintSet();
      for (const each of stored.objects) objects.add(each);
      return Object.assign(newState(), stored, { objects, uids: [...stored.uids] });
    });
  }
}

/** The next hour, in the room of the last one. */
function begin(state: State, hour: number, time: number): void {
  state.hour = hour;
  state.begin = time;
  state.last = 0;
  state.calls = 0;
  state.anonymous = 0;
  state.robot = 0;
  state.gaps = 0;
  state.squares = 0;
  state.objects.clear();
  state.uids = [];
  state.due = leastCalls;
}

function newState(): State {
  return {
    hour: -1,
    begin: 0,
    last: 0,
    calls: 0,
    anonymous: 0,
    robot: 0,
    gaps: 0,
    squares: 0,
    objects: new FingerprintSet(),
    uids: [],
    due: leastCalls,
  };
}
