/** The measures of observe/ at work: each judged call is shown to those it concerns. */

import type { JudgedCall } from '../judged-call.ts';
import type { Observation, Subject } from '../observation.ts';
import { LoginOutcomes } from '../observe/login-outcomes.ts';
import { PersonVolume } from '../observe/persons.ts';
import { Predictability } from '../observe/predictability.ts';
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
    const add = (observation: Observation | undefined): void => {
      if (observation !== undefined) (out ??= []).push(observation);
    };
    const {
      completedTs: time,
      uid,
      app,
      apiId,
      method,
      template,
      client,
      completeness,
      success,
      account,
      given,
    } = call;
    const subject = subjectOf(call);
    const session = account ?? call.session;
    // One answer about one person tells whose object it was.
    const person = given.persons === 1 ? given.personIds[0] : undefined;
    for (const { parameter, value, ordinal } of call.asked) {
      const known = this.#traversal.isGiven(subject, value);
      const { persons } = given;
      // biome-ignore format: one object, literally: spreading it costs more than all that is done with it
      const asked = { time, uid, app, apiId, method, template, parameter, value, ordinal, subject, session, client, account, success: success === true, completeness, given: known, person, persons };
      for (const observation of this.#traversal.ask(asked, known)) add(observation);
      add(this.#predictability.take(asked));
    }
    if (success === true && given.objectIds.length > 0) this.#traversal.give(subject, given.objectIds);
    // What is not decided yet, or was not seen, is no attempt that failed.
    if (call.caller.login !== null && success !== null && account !== undefined) {
      const { passwordHash } = call;
      const attempt = { time, uid, app, apiId, method, template, client, account, success, passwordHash, completeness };
      add(this.#logins.take(attempt));
    }
    if (success === true && given.persons > 0 && call.functions.includes('export')) {
      const { persons, personIds: personHashes, records } = given;
      const where = { time, uid, app, apiId, method, template, subject, client, account };
      add(this.#exported.take({ ...where, persons, personHashes, records, completeness }));
    }
    return out ?? none;
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

/** The account if it is known, else the session, else the client. */
function subjectOf({ account, session, client }: JudgedCall): Subject {
  if (account !== undefined) return { kind: 'account', id: account };
  return session === undefined ? { kind: 'client', id: client } : { kind: 'session', id: session };
}
