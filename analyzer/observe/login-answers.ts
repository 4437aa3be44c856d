/**
 * Whether a login's refusals tell which accounts exist. A refused login's answer is its status, the code of its envelope
 * and its words; accounts that were let in before exist, of others nobody knows. One account that is refused again and
 * again counts once. Value: share of refusals that follow the rule «this answer for accounts that exist, that one for
 * others», 0…1; each is held against the rule that the other refusals make, so that an answer given once shows nothing.
 * Told once an API gave ten refusals of each kind, of which nine in ten of each follow it. `numbers`: `existing`,
 * `unknown` (refusals).
 *
 * Bounds: 2,000 APIs of 16 answers each (what finds no room is counted), 50,000 accounts.
 */
import { type Observation, observationVersion } from '../observation.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface LoginAnswer extends MeasuredApiCall {
  readonly account: string;
  readonly success: boolean;
  /** What the refusal says; the same text for the same words. */
  readonly answer: string;
}

interface Answer {
  readonly text: string;
  existing: number;
  unknown: number;
  /** The last accounts it was given to. */
  accounts: string[];
}

interface State {
  answers: Answer[];
  begin: number;
  isTold: boolean;
}

export interface LoginAnswersSnapshot {
  readonly apis: RecentSnapshot<State>;
  readonly accounts: RecentSnapshot<true>;
}

const leastOfEach = 10;
const leastShare = 0.9;
const mostAnswers = 16;
const mostRecent = 32;

export class LoginAnswers {
  readonly #apis = new Recent<State>(2_000);
  readonly #accounts = new Recent<true>(50_000);
  #refused = 0;

  get evicted(): number {
    return this.#apis.evicted + this.#accounts.evicted + this.#refused;
  }

  take(login: LoginAnswer): Observation | undefined {
    const account = `${login.app}\n${login.account}`;
    if (login.success) {
      this.#accounts.touch(account, isThere);
      return undefined;
    }
    const state = this.#apis.touch(login.apiId, newState);
    if (state.begin === 0) state.begin = login.time;
    let answer = state.answers.find(({ text }) => text === login.answer);
    if (answer === undefined) {
      if (state.answers.length >= mostAnswers) {
        this.#refused++;
        return undefined;
      }
      state.answers.push((answer = { text: login.answer, existing: 0, unknown: 0, accounts: [] }));
    }
    if (answer.accounts.includes(login.account)) return undefined;
    answer.accounts.push(login.account);
    if (answer.accounts.length > mostRecent) answer.accounts.shift();
    if (this.#accounts.peek(account) === undefined) answer.unknown++;
    else answer.existing++;
    return state.isTold ? undefined : judge(state, login);
  }

  snapshot(): LoginAnswersSnapshot {
    return { apis: this.#apis.snapshot(copy), accounts: this.#accounts.snapshot(isThere) };
  }

  restore({ apis, accounts }: LoginAnswersSnapshot): void {
    this.#apis.restore(apis, copy);
    this.#accounts.restore(accounts, isThere);
  }
}

function isThere(): true {
  return true;
}

function newState(): State {
  return { answers: [], begin: 0, isTold: false };
}

function copy(state: State): State {
  return { ...state, answers: state.answers.map((answer) => ({ ...answer, accounts: [...answer.accounts] })) };
}

function judge(state: State, login: LoginAnswer): Observation | undefined {
  let existing = 0;
  let unknown = 0;
  let ofExisting = 0;
  let ofUnknown = 0;
  for (const answer of state.answers) {
    existing += answer.existing;
    unknown += answer.unknown;
    if (answer.existing - 1 > answer.unknown) ofExisting += answer.existing;
    else if (answer.unknown - 1 > answer.existing) ofUnknown += answer.unknown;
  }
  if (existing < leastOfEach || unknown < leastOfEach) return undefined;
  // Both kinds must have answers of their own: where one is rare, a rule that names the other is nearly always right.
  const share = Math.min(ofExisting / existing, ofUnknown / unknown);
  if (share < leastShare) return undefined;
  state.isTold = true;
  const { time, uid, app, apiId, method, template, client, account, completeness } = login;
  return {
    v: observationVersion,
    measure: 'login-answers',
    subject: { kind: 'api', id: apiId },
    ...{ app, apiId, method, template, begin: state.begin, end: time },
    window: time - state.begin,
    value: Math.round(share * 1000) / 1000,
    numbers: { existing, unknown },
    samples: [uid],
    clients: [client],
    accounts: [account],
    completeness,
  };
}
