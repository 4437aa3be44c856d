/**
 * Kinds of data that an API gives out, and an account is given. Three measures:
 * `new-label`: an API that has been known for three days and a hundred answers gives out a sensitive label (level 3 or
 * above) that it never gave, for the third time. Value: its labels of that level. `numbers`: `days`, `answers`.
 * `label-hits`: one answer holds three times the values of any of the last hundred (two hundred at most). Value: values.
 * `labels-of-day`: an account is given more kinds of data in a day than on any before. Value: kinds (level 2 or above).
 * `numbers`: `before` (most of an earlier day), `days`.
 *
 * Bounds: 20,000 APIs and accounts; 64 names of labels in all, later ones are not looked at but counted.
 */
import { isComplete, type Learnt } from '../learnt.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { nobodyYet, place } from '../parties.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import { AppTable, type AppTableSnapshot } from './app-table.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface Labelled extends MeasuredApiCall {
  readonly account: string | undefined;
  /** Of the response. */
  readonly labels: readonly { readonly label: string; readonly count: number; readonly masked: number }[];
  readonly persons: number;
}

interface ApiState {
  since: number;
  answers: number;
  /** Labels as bits of 32, two words: known ones, and those met since then at most twice. */
  known: [number, number];
  fresh: [number, number];
  /** Answers that held a fresh one. */
  sights: number;
  uids: string[];
  /** Most values of an answer in the hundred under way, and in the one before. */
  most: number;
  mostBefore: number;
  inHundred: number;
}

interface AccountState {
  day: number;
  days: number;
  today: [number, number];
  before: number;
  due: number;
  begin: number;
  uids: string[];
}

export interface LabelCountsSnapshot {
  readonly names: readonly string[];
  readonly apis: RecentSnapshot<ApiState>;
  readonly accounts: AppTableSnapshot<AccountState>;
}

const dayLength = 86_400e6;
const leastTime = 3 * dayLength;
const leastAnswers = 100;
const leastSights = 3;
const leastHits = 200;
const timesHits = 3;
const leastKinds = 6;
const moreKinds = 3;
const leastDays = 3;
const mostLabels = 64;
const mostSamples = 8;
const sensitive = 3;
const personal = 2;

export class LabelCounts {
  readonly #apis = new Recent<ApiState>(20_000);
  readonly #accounts = new AppTable<AccountState>(20_000);
  readonly #numbers = new Map<string, number>();
  /** Labels of answers for which there was no number. */
  #refused = 0;
  /** Labels of the answer at hand, as bits: of level 3, of level 2. */
  readonly #high: [number, number] = [0, 0];
  readonly #all: [number, number] = [0, 0];

  /** `levels`: JR/T 0158 level by label, 1…4; `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly levels: ReadonlyMap<string, number>,
    private readonly zoneOffset: number,
    private readonly isFrozen: IsFrozen = neverFrozen,
    private readonly parties = nobodyYet(),
  ) {}

  get evicted(): number {
    return this.#apis.evicted + this.#accounts.evicted + this.#refused;
  }

  /** Of an answer that succeeded; null for nothing to tell, as nearly always. */
  take(call: Labelled): Observation[] | null {
    let hits = 0;
    const { labels } = call;
    const high = this.#high;
    const all = this.#all;
    high[0] = high[1] = all[0] = all[1] = 0;
    for (let i = 0; i < labels.length; i++) {
      const { label, count, masked } = labels[i]!;
      hits += count;
      // Masked data is what masking is for.
      if (count <= masked) continue;
      const level = this.levels.get(label) ?? 0;
      if (level < personal) continue;
      const number = this.#numberOf(label);
      if (number < 0) continue;
      all[number >> 5]! |= 1 << (number & 31);
      if (level >= sensitive) high[number >> 5]! |= 1 << (number & 31);
    }
    const out = this.#ofApi(call, high, hits);
    if (call.account === undefined || (all[0] | all[1]) === 0) return out;
    const told = this.#ofAccount(call, call.account, all);
    return told === undefined ? out : out === null ? [told] : [...out, told];
  }

  #numberOf(label: string): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    if (this.#numbers.size >= mostLabels) {
      this.#refused++;
      return -1;
    }
    const number = this.#numbers.size;
    this.#numbers.set(label, number);
    return number;
  }

  #ofApi(call: Labelled, high: readonly [number, number], hits: number): Observation[] | null {
    let out: Observation[] | null = null;
    const { time, uid } = call;
    const state = this.#apis.touch(call.apiId, () => newApi(time));
    state.answers++;
    const { known, fresh } = state;
    const isStable = time - state.since >= leastTime && state.answers > leastAnswers;
    const news = (high[0] & ~known[0]) | (high[1] & ~known[1]);
    const teaches = !this.isFrozen('api', call.apiId);
    if (news !== 0 && !isStable) {
      if (teaches) {
        known[0] |= high[0];
        known[1] |= high[1];
      }
    } else if (news !== 0) {
      fresh[0] |= high[0] & ~known[0];
      fresh[1] |= high[1] & ~known[1];
      if (state.uids.length < mostSamples) state.uids.push(uid);
      if (++state.sights >= leastSights) {
        if (teaches) {
          known[0] |= fresh[0];
          known[1] |= fresh[1];
        }
        const numbers = { days: (time - state.since) / dayLength, answers: state.answers, persons: call.persons };
        const value = bitsIn(known[0]) + bitsIn(known[1]);
        // Who asked is not why.
        out = [{ ...ofApi('new-label', call, value, numbers), samples: state.uids, clients: [], accounts: [] }];
        Object.assign(state, { fresh: [0, 0], sights: 0, uids: [] });
      }
    }
    const usual = Math.max(state.most, state.mostBefore);
    const isMuch = hits >= leastHits && state.answers > leastAnswers && hits >= timesHits * Math.max(1, usual);
    if (isMuch) {
      const past = { median: usual, p95: usual, n: Math.min(200, state.answers) };
      const told = { ...ofApi('label-hits', call, hits, { hits, persons: call.persons }), usual: past };
      return out === null ? [told] : [...out, told];
    }
    if (!teaches) return out;
    if (hits > state.most) state.most = hits;
    if (++state.inHundred < leastAnswers) return out;
    state.mostBefore = state.most;
    state.most = 0;
    state.inHundred = 0;
    return out;
  }

  #ofAccount(call: Labelled, account: string, all: readonly [number, number]): Observation | undefined {
    const { time, uid, app, client } = call;
    const state = this.#accounts.touchOf(this.parties.accounts.of(app, account), place.labels, newAccount);
    const day = Math.floor((time + this.zoneOffset) / dayLength);
    if (day > state.day) {
      // A day that was told of teaches nothing.
      const teaches = !this.isFrozen('account', account);
      if (teaches && state.due === 0)
        state.before = Math.max(state.before, bitsIn(state.today[0]) + bitsIn(state.today[1]));
      Object.assign(state, { day, days: state.days + (teaches ? 1 : 0), today: [0, 0], due: 0, begin: time, uids: [] });
    }
    const { today } = state;
    if (((all[0] & ~today[0]) | (all[1] & ~today[1])) === 0) return undefined;
    today[0] |= all[0];
    today[1] |= all[1];
    if (state.uids.length < mostSamples) state.uids.push(uid);
    const kinds = bitsIn(today[0]) + bitsIn(today[1]);
    if (state.days <= leastDays || kinds < leastKinds || kinds < state.before + moreKinds || kinds < state.due)
      return undefined;
    state.due = kinds + 1;
    return {
      v: observationVersion,
      measure: 'labels-of-day',
      subject: { kind: 'account', id: account },
      app,
      begin: state.begin,
      end: time,
      window: dayLength,
      value: kinds,
      numbers: { before: state.before, days: state.days - 1 },
      samples: [...state.uids],
      clients: [client],
      accounts: [account],
      completeness: call.completeness,
    };
  }

  forget(isForgotten: IsForgotten): void {
    this.#apis.forget((id) => isForgotten('api', id));
    this.#accounts.renew((_, id) => isForgotten('account', id), newAccount);
  }

  /** What is known of every API and account: values of one answer, kinds of data of a day. */
  *learnt(): Iterable<Learnt> {
    for (const [id, { since, answers, most, mostBefore }] of this.#apis.entries()) {
      const high = Math.max(most, mostBefore);
      const lessons = [{ what: 'answers' as const, has: answers, needs: leastAnswers + 1 }];
      yield {
        ...{ measure: 'label-hits', quantity: 'values', app: '', id, window: 0, since, lessons },
        ...{ isLearnt: isComplete(lessons), highShare: 1, high },
        ...{ threshold: Math.max(leastHits, timesHits * Math.max(1, high)) - 1, last: most },
      };
    }
    for (const [app, id, { days, before, today }] of this.#accounts.entries()) {
      const lessons = [{ what: 'days' as const, has: Math.max(0, days - 1), needs: leastDays }];
      yield {
        ...{ measure: 'labels-of-day', quantity: 'kinds', app, id, window: dayLength, lessons },
        ...{ isLearnt: isComplete(lessons), ...(days > 1 ? { highShare: 1, high: before } : {}) },
        ...{ threshold: Math.max(leastKinds, before + moreKinds) - 1, last: bitsIn(today[0]) + bitsIn(today[1]) },
      };
    }
  }

  snapshot(): LabelCountsSnapshot {
    return {
      names: [...this.#numbers.keys()],
      apis: this.#apis.snapshot(copyApi),
      accounts: this.#accounts.snapshot(copyAccount),
    };
  }

  restore({ names, apis, accounts }: LabelCountsSnapshot): void {
    this.#numbers.clear();
    for (const name of names) this.#numbers.set(name, this.#numbers.size);
    this.#apis.restore(apis, copyApi);
    this.#accounts.restore(accounts, copyAccount);
  }
}

function ofApi(measure: string, call: Labelled, value: number, numbers: Observation['numbers']): Observation {
  const { time, uid, app, apiId, method, template, client, account, completeness } = call;
  return {
    v: observationVersion,
    measure,
    subject: { kind: 'api', id: apiId },
    ...{ app, apiId, method, template, begin: time, end: time, window: 0, value, numbers, samples: [uid] },
    ...{ clients: [client], accounts: account === undefined ? [] : [account], completeness },
  };
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word | 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function newApi(since: number): ApiState {
  return {
    since,
    answers: 0,
    known: [0, 0],
    fresh: [0, 0],
    sights: 0,
    uids: [],
    most: 0,
    mostBefore: 0,
    inHundred: 0,
  };
}

function newAccount(): AccountState {
  return { day: -1, days: 0, today: [0, 0], before: 0, due: 0, begin: 0, uids: [] };
}

function copyApi(state: ApiState): ApiState {
  return { ...state, known: [...state.known], fresh: [...state.fresh], uids: [...state.uids] };
}

function copyAccount(state: AccountState): AccountState {
  return { ...state, today: [...state.today], uids: [...state.uids] };
}
