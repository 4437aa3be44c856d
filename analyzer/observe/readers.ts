/**
 * Who reads of others for a living: accounts that were given five persons or more on two earlier days. Customers read of
 * themselves. Bound: 20,000 accounts.
 */
import { nobodyYet, type Party, place } from '../parties.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

interface State {
  day: number;
  persons: number[];
  days: number;
}

export interface ReadersSnapshot {
  readonly accounts: RecentSnapshot<State>;
}

const dayLength = 86_400e6;
const leastPersons = 5;
const leastDays = 2;

export class Readers {
  readonly #accounts = new Recent<State>(20_000);

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly zoneOffset: number,
    private readonly parties = nobodyYet(),
  ) {}

  get evicted(): number {
    return this.#accounts.evicted;
  }

  #find(party: Party): State {
    return this.#accounts.hold(party, place.readers, `${party.app}\n${party.id}`, newState);
  }

  /** Counts what the account was given, and tells whether it is one of them by its earlier days. */
  take(app: string, account: string, time: number, personIds: readonly number[]): boolean {
    const party = this.parties.accounts.of(app, account);
    const state = this.#accounts.held(party, place.readers) ?? this.#find(party);
    const day = Math.floor((time + this.zoneOffset) / dayLength);
    if (day > state.day) {
      if (state.persons.length >= leastPersons) state.days++;
      state.day = day;
      state.persons = [];
    }
    const { persons } = state;
    for (let i = 0; i < personIds.length && persons.length < leastPersons; i++) {
      if (!persons.includes(personIds[i])) persons.push(personIds[i]);
    }
    return state.days >= leastDays;
  }

  snapshot(): ReadersSnapshot {
    return { accounts: this.#accounts.snapshot(copy) };
  }

  restore({ accounts }: ReadersSnapshot): void {
    this.#accounts.restore(accounts, copy);
  }
}

function newState(): State {
  return { day: -1, persons: [], days: 0 };
}

function copy(state: State): State {
  return { ...state, persons: [...state.persons] };
}
