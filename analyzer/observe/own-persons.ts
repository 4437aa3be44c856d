/**
 * Customers who are given what is another customer's. An account is a customer's own when, over two days or more, four in
 * five of its answers about one person told of the same one; that person is then its owner, unless two accounts have it.
 * Value: owners among the persons that such an account was given in a day, other than its own; told from three on, and each
 * time they have doubled. `numbers`: `persons` (the value), `days` (on which the account was its owner's before).
 *
 * Clerks and programs read of many and are never an owner's. Bounds: 50,000 accounts, 50,000 owners, 64 others a day.
 */
import { type Observation, observationVersion } from '../observation.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

/** An answer about one person, to an account. */
export interface OwnAnswer extends MeasuredApiCall {
  readonly account: string;
  /** Identity hash of the person. */
  readonly person: number;
}

interface State {
  day: number;
  /** Whose account it may be; its answers, those of all, and days it was there. */
  person: number;
  own: number;
  all: number;
  days: number;
  ownToday: boolean;
  isOwn: boolean;
  /** Of the day: other owners, and the calls that showed the first and the last of them. */
  others: number[];
  uids: string[];
  begin: number;
  due: number;
}

/** `account`: empty once two have the person. */
interface Owner {
  account: string;
}

export interface OwnPersonsSnapshot {
  readonly accounts: RecentSnapshot<State>;
  readonly owners: RecentSnapshot<Owner>;
}

const dayLength = 86_400e6;
const leastAnswers = 5;
const leastShare = 0.8;
const leastDays = 2;
const leastOthers = 3;
const mostOthers = 64;
const mostUids = 16;

export class OwnPersons {
  readonly #accounts = new Recent<State>(50_000);
  readonly #owners = new Recent<Owner>(50_000);

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(private readonly zoneOffset: number) {}

  get evicted(): number {
    return this.#accounts.evicted + this.#owners.evicted;
  }

  take(answer: OwnAnswer): Observation | undefined {
    const { app, account, person, time } = answer;
    const state = this.#accounts.touch(`${app}\n${account}`, newState);
    const day = Math.floor((time + this.zoneOffset) / dayLength);
    // A capture older than what is known teaches nothing.
    if (day < state.day) return undefined;
    if (day > state.day) this.#turn(state, app, account, day, person);
    state.all++;
    if (person === state.person) {
      state.own++;
      state.ownToday = true;
      return undefined;
    }
    if (!state.isOwn) return undefined;
    const owner = this.#owners.peek(personKey(app, person));
    if (owner === undefined || owner.account === '' || owner.account === account) return undefined;
    const { others, uids } = state;
    if (others.includes(person) || others.length >= mostOthers) return undefined;
    if (others.length === 0) state.begin = time;
    others.push(person);
    if (uids.length < mostUids) uids.push(answer.uid);
    else uids[mostUids - 1] = answer.uid;
    if (others.length < state.due) return undefined;
    state.due = others.length * 2;
    return observe(state, answer);
  }

  /** A day is over: what it showed is put to what was known. */
  #turn(state: State, app: string, account: string, day: number, person: number): void {
    if (state.ownToday) state.days++;
    const share = state.all === 0 ? 0 : state.own / state.all;
    // A day on which others were told of does not change whose the account is.
    if (state.others.length === 0) {
      state.isOwn = state.own >= leastAnswers && state.days >= leastDays && share >= leastShare;
      if (state.isOwn) this.#own(app, account, state.person);
      else if (share < leastShare) Object.assign(state, { person, own: 0, all: 0, days: 0 });
    }
    Object.assign(state, { day, ownToday: false, others: [], uids: [], due: leastOthers });
  }

  #own(app: string, account: string, person: number): void {
    const owner = this.#owners.touch(personKey(app, person), () => ({ account }));
    if (owner.account !== account) owner.account = '';
  }

  snapshot(): OwnPersonsSnapshot {
    return { accounts: this.#accounts.snapshot(copy), owners: this.#owners.snapshot((owner) => ({ ...owner })) };
  }

  restore({ accounts, owners }: OwnPersonsSnapshot): void {
    this.#accounts.restore(accounts, copy);
    this.#owners.restore(owners, (owner) => ({ ...owner }));
  }
}

function newState(): State {
  return {
    day: -1,
    person: -1,
    own: 0,
    all: 0,
    days: 0,
    ownToday: false,
    isOwn: false,
    others: [],
    uids: [],
    begin: 0,
    due: leastOthers,
  };
}

function copy(state: State): State {
  return { ...state, others: [...state.others], uids: [...state.uids] };
}

/** In base 36: sixteen digits of a hash may read as the number of a card. */
function personKey(app: string, person: number): string {
  return `${app}\n${person.toString(36)}`;
}

function observe({ others, uids, begin, days }: State, answer: OwnAnswer): Observation {
  const { time, app, apiId, method, template, client, account, completeness } = answer;
  return {
    v: observationVersion,
    measure: 'own-persons',
    subject: { kind: 'account', id: account },
    ...{ app, apiId, method, template, begin, end: time },
    window: dayLength,
    value: others.length,
    numbers: { persons: others.length, days },
    samples: [...uids],
    clients: [client],
    accounts: [account],
    completeness,
  };
}
