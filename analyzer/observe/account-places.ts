/**
 * At how many places an account is used at the same time. A place is a network and a kind of program; one session that
 * keeps its program has not moved, whatever its address (two stacks, a change from Wi-Fi to mobile). A place is active
 * for five minutes after a call. Value: the lesser of active networks and active programs. `numbers`: `turns` (times a
 * place came back after another one), `alike` (most active places of one kind: desk or hand), `oneSession` (active
 * places that share their session with another one).
 *
 * Bounds: 20,000 accounts, 8 places each.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { nobodyYet, type Party, place as placeOf } from '../parties.ts';
import type { MeasuredCall } from './measured-call.ts';
import { networkOf } from './network.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface AccountUse extends MeasuredCall {
  readonly account: string;
  /** `chrome/windows`, `okhttp/android`. */
  readonly device: string;
  /** Empty when there is none. */
  readonly session: string;
}

interface Place {
  readonly network: string;
  readonly device: string;
  client: string;
  session: string;
  last: number;
  uid: string;
}

interface State {
  places: Place[];
  /** Number of the place used last. */
  at: Place | null;
  turns: number;
  due: number;
  begin: number;
}

export interface AccountPlacesSnapshot {
  /** `at`: number of the place, or the place itself where it found no room among the others. */
  readonly accounts: RecentSnapshot<Omit<State, 'at'> & { readonly at: number | Place }>;
}

const active = 300e6;
const mostPlaces = 8;
const leastTurns = 3;
const hand = /android|ios|iphone|ipad|mobile|harmony/;

export class AccountPlaces {
  readonly #accounts = new Recent<State>(20_000);

  constructor(private readonly parties = nobodyYet()) {}

  get evicted(): number {
    return this.#accounts.evicted;
  }

  #find(party: Party): State {
    return this.#accounts.hold(party, placeOf.places, `${party.app}\n${party.id}`, newState);
  }

  /** An observation when two places take turns for the third time, and each time turns have doubled; else undefined. */
  take(use: AccountUse): Observation | undefined {
    const party = this.parties.accounts.of(use.app, use.account);
    const state = this.#accounts.held(party, placeOf.places) ?? this.#find(party);
    const { time, client, device, session } = use;
    const before = state.at;
    if (before !== null && before.client === client && before.device === device) {
      before.last = time;
      before.uid = use.uid;
      if (session !== '') before.session = session;
      return undefined;
    }
    const { places } = state;
    const network = networkOf(client);
    let kept = 0;
    for (const place of places) if (time - place.last <= active) places[kept++] = place;
    places.length = kept;
    if (kept === 0) {
      state.turns = 0;
      state.due = leastTurns;
      state.begin = time;
    }
    let place = places.find(
      (each) => each.device === device && (each.network === network || (session !== '' && each.session === session)),
    );
    const isBack = place !== undefined && place !== before;
    if (place === undefined) {
      place = { network, device, client, session, last: time, uid: use.uid };
      if (places.length < mostPlaces) places.push(place);
    }
    place.client = client;
    place.last = time;
    place.uid = use.uid;
    if (session !== '') place.session = session;
    state.at = place;
    if (!isBack || ++state.turns < state.due || places.length < 2) return undefined;
    state.due = state.turns * 2;
    return observe(state, use);
  }

  snapshot(): AccountPlacesSnapshot {
    const store = (state: State) => ({
      ...state,
      places: state.places.map((place) => ({ ...place })),
      at: storedPlace(state),
    });
    return { accounts: this.#accounts.snapshot(store) };
  }

  restore({ accounts }: AccountPlacesSnapshot): void {
    this.#accounts.restore(accounts, (stored) => {
      const places = stored.places.map((place) => ({ ...place }));
      const at = typeof stored.at === 'number' ? (places[stored.at] ?? null) : { ...stored.at };
      return { ...stored, places, at };
    });
  }
}

function storedPlace({ at, places }: State): number | Place {
  if (at === null) return -1;
  const number = places.indexOf(at);
  return number < 0 ? { ...at } : number;
}

function newState(): State {
  return { places: [], at: null, turns: 0, due: leastTurns, begin: 0 };
}

function observe({ places, turns, begin }: State, { time, app, account, completeness }: AccountUse): Observation {
  const networks = new Set(places.map(({ network }) => network));
  const devices = new Set(places.map(({ device }) => device));
  const hands = places.filter(({ device }) => hand.test(device)).length;
  const oneSession = places.filter(
    ({ session, device }) =>
      session !== '' && places.some((other) => other.session === session && other.device !== device),
  ).length;
  return {
    v: observationVersion,
    measure: 'account-places',
    subject: { kind: 'account', id: account },
    app,
    begin,
    end: time,
    window: active,
    value: Math.min(networks.size, devices.size),
    numbers: { turns, alike: Math.max(hands, places.length - hands), oneSession },
    samples: places.map(({ uid }) => uid),
    clients: [...new Set(places.map(({ client }) => client))].sort(),
    accounts: [account],
    completeness,
  };
}
