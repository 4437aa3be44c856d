/** The measures of observe/ at work: each judged call is shown to those it concerns. */

import type { JudgedCall } from '../judged-call.ts';
import type { Observation, Subject } from '../observation.ts';
import { LoginOutcomes } from '../observe/login-outcomes.ts';
import { PersonVolume } from '../observe/persons.ts';
import { type Answered, Predictability } from '../observe/predictability.ts';
import { Traversal } from '../observe/traversal.ts';

const day = 86_400e6;
/** Exports of fewer persons in a day are nothing to tell of. */
const leastExported = 50;

export interface MeasuresSnapshot {
  readonly traversal: ReturnType<Traversal['snapshot']>;
  readonly predictability: ReturnType<Predictability['snapshot']>;
  readonly logins: ReturnType<LoginOutcomes['snapshot']>;
  readonly exported: ReturnType<PersonVolume['snapshot']>;
}

export class Measures {
  readonly #traversal = new Traversal();
  readonly #predictability = new Predictability();
  readonly #logins = new LoginOutcomes();
  readonly #exported: PersonVolume;
  /** The parameter at hand: measures keep nothing of it, so one object does for all. */
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
  };

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(zoneOffset: number) {
    this.#exported = new PersonVolume({ measure: 'exported-persons', window: day, zoneOffset, least: leastExported });
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    return this.#traversal.evicted + this.#predictability.evicted + this.#logins.evicted + this.#exported.evicted;
  }

  /** Observations that are due, to be judged before the call itself. Nearly always none. */
  take(call: JudgedCall): readonly Observation[] {
    if (call.format === 'asset' || call.method === '') return none;
    let out: Observation[] | null = null;
    const { completedTs: time, uid, app, apiId, method, template, client } = call;
    const { completeness, success, account, given } = call;
    const subject = subjectOf(call);
    if (call.asked.length > 0) out = this.#ask(call, subject);
    if (success === true && given.objectIds.length > 0) this.#traversal.give(subject, given.objectIds);
    // What is not decided yet, or was not seen, is no attempt that failed.
    if (call.caller.login !== null && success !== null && account !== undefined) {
      const { passwordHash } = call;
      const attempt = { time, uid, app, apiId, method, template, client, account, success, passwordHash, completeness };
      out = added(out, this.#logins.take(attempt));
    }
    if (success === true && given.persons > 0 && call.functions.includes('export')) {
      const { persons, personIds: personHashes, records } = given;
      const where = { time, uid, app, apiId, method, template, subject, client, account };
      out = added(out, this.#exported.take({ ...where, persons, personHashes, records, completeness }));
    }
    return out ?? none;
  }

  #ask(call: JudgedCall, subject: Subject): Observation[] | null {
    let out: Observation[] | null = null;
    const { given, account } = call;
    const asked = this.#asked;
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
    asked.completeness = call.completeness;
    // One answer about one person tells whose object it was.
    asked.person = given.persons === 1 ? given.personIds[0] : undefined;
    asked.persons = given.persons;
    for (const { parameter, value, ordinal } of call.asked) {
      asked.parameter = parameter;
      asked.value = value;
      asked.ordinal = ordinal;
      asked.given = this.#traversal.isGiven(subject, value);
      const traversed = this.#traversal.ask(asked, asked.given);
      if (traversed.length > 0) out = out === null ? [...traversed] : out.concat(traversed);
      out = added(out, this.#predictability.take(asked));
    }
    return out;
  }

  snapshot(): MeasuresSnapshot {
    return {
      traversal: this.#traversal.snapshot(),
      predictability: this.#predictability.snapshot(),
      logins: this.#logins.snapshot(),
      exported: this.#exported.snapshot(),
    };
  }

  restore(snapshot: MeasuresSnapshot): void {
    this.#traversal.restore(snapshot.traversal);
    this.#predictability.restore(snapshot.predictability);
    this.#logins.restore(snapshot.logins);
    this.#exported.restore(snapshot.exported);
  }
}

const none: readonly Observation[] = Object.freeze([]);

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
