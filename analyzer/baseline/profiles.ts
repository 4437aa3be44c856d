/**
 * What is usual, per API, account and client: how much a day and in its busiest hour, at which hours and on which days
 * of the week, how large and how slow responses are, who has to do with whom. Hours and days are those of the zone.
 *
 * A day that is over teaches; the day under way is told beside. Until five days with calls are over a subject is still
 * being learnt. A call from before the day before the newest one teaches nothing (`older`): an old capture that is read
 * after a new one would mix two times.
 *
 * Bounds: 20,000 subjects of each kind, the least recently touched is forgotten (`evicted`); 28 days, 16 acquaintances
 * of each kind, 64 names of labels in all (what comes beyond is not counted).
 */
import type { Usual } from '../observation.ts';
import { type Everybody, nobodyYet } from '../parties.ts';
import { type Acquaintance, acquaintancesIn } from './acquaintances.ts';
import { type DayFigures, type DayMeasure, dayMeasures, daysIn, learningDays, usualDays } from './days.ts';
import { type Quantiles, quantilesOf } from './log-histogram.ts';
import {
  dayOf,
  figure,
  hourDaysAt,
  hoursAt,
  leftAt,
  measure,
  placeInTime,
  rightAt,
  type Step,
  type Subject,
  sizesAt,
  take,
  timesAt,
  weekdaysAt,
} from './subject.ts';
import { restoreSubject, type StoredSubject, storedSubject } from './subject-snapshot.ts';
import { SubjectTable } from './subject-table.ts';

export interface ProfiledCall {
  /** Packet time of the first byte, µs since 1970. */
  readonly ts: number;
  readonly app: string;
  readonly apiId: string;
  /** Null when the caller is not known. */
  readonly account: string | null;
  readonly client: string;
  readonly durationUs: number;
  readonly responseBytes: number;
  /** Null when no response was seen. */
  readonly success: boolean | null;
  /** Names of the labels in the response, each once. */
  readonly labels: readonly string[];
  /** Persons of the response. */
  readonly persons: number;
}

export interface Profile {
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly calls: number;
  /** Calls that failed. */
  readonly errors: number;
  /** Fewer than five days with calls are over. */
  readonly stillLearning: boolean;
  /** Of the past days with calls, 28 at most, by measure. `persons` adds up those of responses: it counts one twice. */
  readonly perDay: Readonly<Record<DayMeasure, Usual>>;
  /** The day of the last call, so far. */
  readonly today: DayFigures;
  /** Calls by hour of the day. */
  readonly hours: readonly number[];
  /** Past days with a call in the hour, by hour of the day: one busy hour does not count as many. */
  readonly hourDays: readonly number[];
  /** Calls by day of the week, Monday first. */
  readonly weekdays: readonly number[];
  /** Octets of responses. */
  readonly responseSize: Quantiles;
  /** µs. */
  readonly duration: Quantiles;
  /** Most persons of one response. */
  readonly mostPersons: number;
  /** Labels ever given, sorted. */
  readonly labels: readonly string[];
  /** The newest 16 of each kind, most calls first; empty for the subject's own kind. */
  readonly apis: readonly Acquaintance[];
  readonly accounts: readonly Acquaintance[];
  readonly clients: readonly Acquaintance[];
  /** Acquaintances that were forgotten for newer ones: 0 means that all are listed. */
  readonly forgotten: number;
}

/** Whose profile it is. */
export interface SubjectProfile {
  readonly kind: 'account' | 'api' | 'client';
  /** Empty for an API: its id says it. */
  readonly app: string;
  readonly id: string;
  readonly profile: Profile;
}

export interface ProfilesOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** Subjects of each kind. */
  readonly most?: number;
  /** Who takes part in calls; others' when absent. */
  readonly parties?: Everybody;
}

export interface ProfilesSnapshot {
  readonly v: 1;
  /** By their number. */
  readonly labels: readonly string[];
  readonly newest: number;
  readonly older: number;
  readonly evicted: readonly [apis: number, accounts: number, clients: number];
  /** Least recently touched first. */
  readonly apis: readonly StoredSubject[];
  readonly accounts: readonly StoredSubject[];
  readonly clients: readonly StoredSubject[];
}

type Kind = 'apis' | 'accounts' | 'clients';

const mostLabels = 64;
/** Hours behind the newest call at which one is too old to teach. */
const tooOld = 48;

export class Profiles {
  readonly #zoneOffset: number;
  readonly #apis: SubjectTable;
  readonly #accounts: SubjectTable;
  readonly #clients: SubjectTable;
  readonly #parties: Everybody;
  readonly #labels = new Map<string, number>();
  readonly #step: Step = {
    ts: 0,
    second: 0,
    hour: 0,
    hourOfDay: 0,
    weekday: 0,
    isError: false,
    isAnswered: false,
    bytes: 0,
    sizeBucket: 0,
    timeBucket: 0,
    persons: 0,
    labelsLow: 0,
    labelsHigh: 0,
  };
  /** Hours since 1970 in the zone. */
  #newest = 0;
  /** Calls that were too old to teach. */
  older = 0;

  constructor({ zoneOffset, most = 20_000, parties = nobodyYet() }: ProfilesOptions) {
    this.#parties = parties;
    this.#zoneOffset = zoneOffset;
    this.#apis = new SubjectTable(most);
    this.#accounts = new SubjectTable(most);
    this.#clients = new SubjectTable(most);
  }

  /** Subjects forgotten for want of room. */
  get evicted(): number {
    return this.#apis.evicted + this.#accounts.evicted + this.#clients.evicted;
  }

  observe(call: ProfiledCall): void {
    const step = this.#step;
    placeInTime(step, call.ts, this.#zoneOffset);
    if (step.hour < this.#newest - tooOld) {
      this.older++;
      return;
    }
    if (step.hour > this.#newest) this.#newest = step.hour;
    measure(step, call.responseBytes, call.durationUs);
    step.isAnswered = call.success !== null;
    step.isError = call.success === false;
    step.persons = call.persons;
    this.#mark(step, call.labels);
    const { app } = call;
    const api = this.#apis.touch('', call.apiId);
    const { clients, accounts } = this.#parties;
    const client = this.#clients.touchOf(clients.of(app, call.client));
    const account = call.account === null ? null : this.#accounts.touchOf(accounts.of(app, call.account));
    take(api, step, account, client);
    take(client, step, api, account);
    if (account !== null) take(account, step, api, client);
  }

  #mark(step: Step, labels: readonly string[]): void {
    step.labelsLow = 0;
    step.labelsHigh = 0;
    for (let i = 0; i < labels.length; i++) {
      let number = this.#labels.get(labels[i]!);
      if (number === undefined) {
        number = this.#labels.size;
        if (number >= mostLabels) continue;
        this.#labels.set(labels[i]!, number);
      }
      if (number < 32) step.labelsLow |= 1 << number;
      else step.labelsHigh |= 1 << (number - 32);
    }
  }

  api(id: string): Profile | undefined {
    const subject = this.#apis.get('', id);
    return subject && this.#profile(subject, 'accounts', 'clients');
  }

  account(app: string, id: string): Profile | undefined {
    const subject = this.#accounts.get(app, id);
    return subject && this.#profile(subject, 'apis', 'clients');
  }

  client(app: string, ip: string): Profile | undefined {
    const subject = this.#clients.get(app, ip);
    return subject && this.#profile(subject, 'apis', 'accounts');
  }

  /**
   * Profiles with calls since they were last handed on, at most `most` at a time. Those of a list count as handed on
   * when the next list is asked for, or the end: when what became of a list is not known, it comes again.
   */
  *changed(most: number): IterableIterator<readonly SubjectProfile[]> {
    let list: SubjectProfile[] = [];
    let subjects: Subject[] = [];
    for (const [kind, table, left, right] of [
      ['account', this.#accounts, 'apis', 'clients'],
      ['api', this.#apis, 'accounts', 'clients'],
      ['client', this.#clients, 'apis', 'accounts'],
    ] as const) {
      const changed = Array.from(table).filter(hasNewCalls);
      for (const [i, subject] of changed.entries()) {
        list.push({ kind, app: subject.group, id: subject.id, profile: this.#profile(subject, left, right) });
        subjects.push(subject);
        if (list.length < most && i < changed.length - 1) continue;
        const calls = list.map(({ profile }) => profile.calls);
        yield list;
        // Its place may be another's by now.
        for (const [k, { group, id }] of subjects.entries()) {
          if (table.get(group, id) === subjects[k]) tell(subjects[k]!, calls[k]!);
        }
        list = [];
        subjects = [];
      }
    }
  }

  /** `left` and `right`: of which kinds its acquaintances are. */
  #profile(subject: Subject, left: Kind, right: Kind): Profile {
    const { figures, figuresAt, counts, at, past } = subject;
    const of = (name: keyof typeof figure) => figures[figuresAt + figure[name]]!;
    const table = (from: number, size: number) => Array.from(counts.subarray(at + from, at + from + size));
    const today = dayOf(subject);
    const words = [of('labelsLow'), of('labelsHigh')];
    const met: Record<Kind, Acquaintance[]> = { apis: [], accounts: [], clients: [] };
    met[left] = acquaintancesIn(counts, at + leftAt, subject.left);
    met[right] = acquaintancesIn(counts, at + rightAt, subject.right);
    return {
      firstSeen: of('firstSeen'),
      lastSeen: of('lastSeen'),
      calls: of('calls'),
      errors: of('errors'),
      stillLearning: daysIn(past) < learningDays,
      perDay: usualDays(past),
      today: Object.fromEntries(dayMeasures.map((name, m) => [name, today[m]!])) as Record<DayMeasure, number>,
      hours: table(hoursAt, 24),
      hourDays: table(hourDaysAt, 24),
      weekdays: table(weekdaysAt, 7),
      responseSize: quantilesOf(counts, at + sizesAt),
      duration: quantilesOf(counts, at + timesAt),
      mostPersons: of('mostPersons'),
      labels: [...this.#labels]
        .filter(([, number]) => (words[number >> 5]! >>> (number & 31)) & 1)
        .map(([name]) => name)
        .sort(),
      ...met,
      forgotten: of('forgotten'),
    };
  }

  snapshot(): ProfilesSnapshot {
    return {
      v: 1,
      labels: [...this.#labels.keys()],
      newest: this.#newest,
      older: this.older,
      evicted: [this.#apis.evicted, this.#accounts.evicted, this.#clients.evicted],
      apis: Array.from(this.#apis, storedSubject),
      accounts: Array.from(this.#accounts, storedSubject),
      clients: Array.from(this.#clients, storedSubject),
    };
  }

  /** Replaces all state. Of more subjects than there is room for, those touched last are taken in. */
  restore(snapshot: ProfilesSnapshot): void {
    this.#labels.clear();
    for (const name of snapshot.labels.slice(0, mostLabels)) this.#labels.set(name, this.#labels.size);
    this.#newest = snapshot.newest;
    this.older = snapshot.older;
    const tables = [this.#apis, this.#accounts, this.#clients] as const;
    const subjects = [snapshot.apis, snapshot.accounts, snapshot.clients] as const;
    for (const [i, table] of tables.entries()) {
      table.clear();
      table.evicted = snapshot.evicted[i]!;
      for (const stored of subjects[i]!) restoreSubject(table, stored);
    }
  }
}

function hasNewCalls({ figures, figuresAt }: Subject): boolean {
  return figures[figuresAt + figure.calls] !== figures[figuresAt + figure.toldCalls];
}

function tell({ figures, figuresAt }: Subject, calls: number): void {
  figures[figuresAt + figure.toldCalls] = calls;
}
