/** The measures of observe/ at work: each judged call is shown to those it concerns. */

import type { HandshakeSum } from '../handshakes.ts';
import type { JudgedCall } from '../judged-call.ts';
import type { Observation, Subject } from '../observation.ts';
import { LoginOutcomes } from '../observe/login-outcomes.ts';
import { OpenApis, type OpenApisSnapshot } from '../observe/open-apis.ts';
import { PersonVolume } from '../observe/persons.ts';
import { type Answered, Predictability } from '../observe/predictability.ts';
import { Traversal } from '../observe/traversal.ts';
import { nobodyYet, place } from '../parties.ts';
import { inParts } from '../parts.ts';
import type { IsForgotten } from '../teaching.ts';
import { ApiFlaws, type ApiFlawsOptions } from './api-flaws.ts';
import { Habits, type HabitsOptions } from './habits.ts';
import { ListedValues } from './listed-values.ts';
import { Watches, type WatchOptions } from './watches.ts';

const day = 86_400e6;
/** Exports of fewer persons in a day are nothing to tell of. */
const leastExported = 50;

/** Measures over windows of time. */
interface Windows {
  readonly traversal: Traversal;
  readonly logins: LoginOutcomes;
  readonly exported: PersonVolume;
  readonly habits: Habits;
  readonly watches: Watches;
}

interface WindowsSnapshot {
  readonly traversal: ReturnType<Traversal['snapshot']>;
  readonly logins: ReturnType<LoginOutcomes['snapshot']>;
  readonly exported: ReturnType<PersonVolume['snapshot']>;
  readonly habits: ReturnType<Habits['snapshot']>;
  readonly watches: ReturnType<Watches['snapshot']>;
}

export interface MeasuresSnapshot extends WindowsSnapshot {
  readonly predictability: ReturnType<Predictability['snapshot']>;
  readonly flaws: ReturnType<ApiFlaws['snapshot']>;
  readonly open: OpenApisSnapshot;
  /** Null but while calls of an earlier time are judged. */
  readonly ahead: WindowsSnapshot | null;
}

export class Measures {
  readonly #predictability = new Predictability();
  readonly #flaws: ApiFlaws;
  readonly #open = new OpenApis();
  #windows: Windows;
  /** Those of a later time, while calls of an earlier one are judged. */
  #ahead: Windows | null = null;
  /** Of windows that are there no more. */
  #evicted = 0;
  /** The parameter at hand: measures keep nothing of it, so one object does for all. */
  readonly #listed = new ListedValues();
  readonly #asked: { -readonly [K in keyof Answered]: Answered[K] } = {
    time: 0,
    uid: '',
    app: '',
    apiId: '',
    method: '',
    template: '',
    parameter: '',
    value: 0,
    ordinal: null,
    subject: { kind: 'client', id: '' },
    session: undefined,
    client: '',
    account: undefined,
    success: false,
    completeness: 0,
    given: false,
    person: undefined,
    persons: 0,
    personIds: nobody,
    denied: false,
  };

  constructor(options: HabitsOptions & WatchOptions & Pick<ApiFlawsOptions, 'partners'>) {
    const { zoneOffset } = options;
    const { isOpen } = this.#open;
    this.#flaws = new ApiFlaws({ ...options, isOpen });
    const frozen = options.isFrozen === undefined ? {} : { isFrozen: options.isFrozen };
    const shared = { ...frozen, parties: options.parties ?? nobodyYet(), place: place.exported };
    const exported = { measure: 'exported-persons', window: day, zoneOffset, least: leastExported, ...shared };
    this.#windows = newWindows(new PersonVolume(exported), new Habits({ ...options, isOpen }), new Watches(options));
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    const windows = evictedOf(this.#windows) + (this.#ahead === null ? 0 : evictedOf(this.#ahead));
    return this.#evicted + this.#predictability.evicted + this.#flaws.evicted + this.#open.evicted + windows;
  }

  /** Calls of an earlier time follow: they are measured in windows of their own, and what is usual stays known. */
  rewind(): void {
    if (this.#ahead === null) this.#ahead = this.#windows;
    else this.#evicted += evictedOf(this.#windows);
    this.#windows = anewOf(this.#windows);
  }

  /** Time has come back to where it was: the windows go on. */
  resume(): void {
    if (this.#ahead === null) return;
    this.#evicted += evictedOf(this.#windows);
    this.#windows = this.#ahead;
    this.#ahead = null;
  }

  /** What was learnt of those is forgotten, of either time; what was told stays told. */
  forget(isForgotten: IsForgotten): void {
    for (const windows of this.#ahead === null ? [this.#windows] : [this.#windows, this.#ahead]) {
      windows.exported.forget(isForgotten);
      windows.habits.forget(isForgotten);
      windows.watches.forget(isForgotten);
    }
  }

  /** What went on since it was told of, and is due by `time`. Nearly always none. */
  settle(time: number): readonly Observation[] {
    const { traversal, logins, exported, habits, watches } = this.#windows;
    let out = traversal.settle(time);
    out = joined(out, this.#predictability.settle(time));
    out = joined(out, logins.settle(time));
    out = joined(out, exported.settle(time));
    out = joined(out, habits.settle(time));
    return joined(out, watches.settle(time));
  }

  /** What handshakes of TLS show of our servers as clients. */
  handshakes(sums: readonly HandshakeSum[]): Observation[] {
    return this.#flaws.handshakes(sums);
  }

  /** Observations that are due, to be judged before the call itself. Nearly always none. */
  take(call: JudgedCall): readonly Observation[] {
    if (call.format === 'asset' || call.method === '') return none;
    let out: Observation[] | null = null;
    const { completedTs: time, uid, app, apiId, method, template, client } = call;
    const { success, account, given } = call;
    const completeness = call.completeness / call.sampling;
    const { traversal, logins, exported, habits, watches } = this.#windows;
    const subject = subjectOf(call);
    if (call.asked.length > 0) out = this.#ask(call, subject);
    if (success === true && given.objectIds.length > 0) traversal.give(subject, given.objectIds);
    // What is not decided yet, or was not seen, is no attempt that failed.
    if (call.caller.login !== null && success !== null && account !== undefined) {
      const { passwordHash } = call;
      const attempt = { time, uid, app, apiId, method, template, client, account, success, passwordHash, completeness };
      out = added(out, logins.take(attempt));
      out = added(out, habits.login(attempt));
    }
    if (success === true && given.persons > 0 && call.functions.includes('export')) {
      const { persons, personIds: personHashes, records } = given;
      const where = { time, uid, app, apiId, method, template, subject, client, account };
      out = added(out, exported.take({ ...where, persons, personHashes, records, completeness }));
    }
    this.#open.take(call);
    const more = habits.take(call, subject);
    if (more !== null) out = out === null ? more : out.concat(more);
    const flaws = this.#flaws.take(call);
    if (flaws !== null) out = out === null ? flaws : out.concat(flaws);
    const watched = watches.take(call);
    if (watched !== null) return out === null ? watched : out.concat(watched);
    return out ?? none;
  }

  #ask(call: JudgedCall, subject: Subject): Observation[] | null {
    let out: Observation[] | null = null;
    const { given, account } = call;
    const asked = this.#asked;
    const { traversal } = this.#windows;
    asked.time = call.completedTs;
    asked.uid = call.uid;
    asked.app = call.app;
    asked.apiId = call.apiId;
    asked.method = call.method;
    asked.template = call.template;
    asked.subject = subject;
    asked.session = account ?? call.session;
    asked.client = call.client;
    asked.account = account;
    asked.success = call.success === true;
    asked.completeness = call.completeness / call.sampling;
    // One answer about one person tells whose object it was.
    asked.person = given.persons === 1 ? given.personIds[0] : undefined;
    asked.persons = given.persons;
    asked.personIds = given.personIds;
    asked.denied =
      call.status === 401 || call.status === 403 || (call.success === false && call.signals.includes('access-denied'));
    const isList = call.asked.length > 1;
    if (isList) this.#listed.begin(given);
    for (const { parameter, value, ordinal } of call.asked) {
      if (isList && !this.#listed.counts(parameter)) continue;
      asked.parameter = parameter;
      asked.value = value;
      asked.ordinal = ordinal;
      asked.given = traversal.isGiven(subject, value);
      const traversed = traversal.ask(asked, asked.given);
      if (traversed.length > 0) out = out === null ? [...traversed] : out.concat(traversed);
      // A password opened it, not the number.
      if (call.caller.login === null) out = added(out, this.#predictability.take(asked));
    }
    return out;
  }

  /** As of Judge. */
  parts(): MeasuresSnapshot {
    const { traversal, logins, exported, habits, watches } = this.#windows;
    return inParts<MeasuresSnapshot>({
      traversal: () => traversal.snapshot(),
      logins: () => logins.snapshot(),
      exported: () => exported.snapshot(),
      habits: () => habits.parts(),
      watches: () => watches.snapshot(),
      predictability: () => this.#predictability.snapshot(),
      flaws: () => this.#flaws.snapshot(),
      open: () => this.#open.snapshot(),
      ahead: () => (this.#ahead === null ? null : snapshotOf(this.#ahead)),
    });
  }

  snapshot(): MeasuresSnapshot {
    return { ...this.parts(), habits: this.#windows.habits.snapshot() };
  }

  restore(snapshot: MeasuresSnapshot): void {
    const { predictability, flaws, open, ahead } = snapshot;
    this.#predictability.restore(predictability);
    this.#flaws.restore(flaws);
    this.#open.restore(open);
    restoreTo(this.#windows, snapshot);
    this.#ahead = ahead === null ? null : anewOf(this.#windows);
    if (this.#ahead !== null && ahead !== null) restoreTo(this.#ahead, ahead);
  }
}

function joined(some: readonly Observation[], more: readonly Observation[]): readonly Observation[] {
  return more.length === 0 ? some : some.length === 0 ? more : [...some, ...more];
}

function newWindows(exported: PersonVolume, habits: Habits, watches: Watches): Windows {
  return { traversal: new Traversal(), logins: new LoginOutcomes(), exported, habits, watches };
}

function anewOf({ exported, habits, watches }: Windows): Windows {
  return newWindows(exported.anew(), habits.anew(), watches.anew());
}

function evictedOf({ traversal, logins, exported, habits, watches }: Windows): number {
  return traversal.evicted + logins.evicted + exported.evicted + habits.evicted + watches.evicted;
}

function snapshotOf({ traversal, logins, exported, habits, watches }: Windows): WindowsSnapshot {
  return {
    ...{ traversal: traversal.snapshot(), logins: logins.snapshot(), exported: exported.snapshot() },
    ...{ habits: habits.snapshot(), watches: watches.snapshot() },
  };
}

function restoreTo({ traversal, logins, exported, habits, watches }: Windows, snapshot: WindowsSnapshot): void {
  traversal.restore(snapshot.traversal);
  logins.restore(snapshot.logins);
  exported.restore(snapshot.exported);
  habits.restore(snapshot.habits);
  watches.restore(snapshot.watches);
}

const none: readonly Observation[] = [];
const nobody: readonly number[] = [];

function added(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  if (out === null) return [observation];
  out.push(observation);
  return out;
}

/** The account if it is known, else the session, else the client. */
function subjectOf({ account, session, client }: JudgedCall): Subject {
  if (account !== undefined) return { kind: 'account', id: account };
  return session === undefined ? { kind: 'client', id: client } : { kind: 'session', id: session };
}
