/** Measures of what an application lets through: others' data, versions that were replaced, names of accounts. */
import type { JudgedCall } from '../judged-call.ts';
import type { Observation } from '../observation.ts';
import { ApiVersions } from '../observe/api-versions.ts';
import { LoginAnswers } from '../observe/login-answers.ts';
import { OwnPersons } from '../observe/own-persons.ts';

export interface ApiFlawsSnapshot {
  readonly own: ReturnType<OwnPersons['snapshot']>;
  readonly versions: ReturnType<ApiVersions['snapshot']>;
  readonly logins: ReturnType<LoginAnswers['snapshot']>;
}

export class ApiFlaws {
  readonly #own: OwnPersons;
  readonly #versions = new ApiVersions();
  readonly #logins = new LoginAnswers();

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(zoneOffset: number) {
    this.#own = new OwnPersons(zoneOffset);
  }

  get evicted(): number {
    return this.#own.evicted + this.#versions.evicted + this.#logins.evicted;
  }

  /** What is due, in order; null for none, as nearly always. */
  take(call: JudgedCall): Observation[] | null {
    const { completedTs: time, uid, app, apiId, method, template, client, account, success } = call;
    const completeness = call.completeness / call.sampling;
    if (call.caller.login !== null) {
      if (success === null || account === undefined) return null;
      // A server that puts off says nothing of the account.
      if (call.status === 429 || call.status >= 500) return null;
      const answer = `${call.status} ${call.envelope?.value ?? ''}`;
      const where = { time, uid, app, apiId, method, template, client, account, completeness };
      return listed(this.#logins.take({ ...where, success, answer }));
    }
    if (success !== true) return null;
    const { credentialPresent, given } = call;
    const versioned = { time, uid, app, apiId, method, template, client, account, credentialPresent, completeness };
    const old = this.#versions.take(versioned);
    if (account === undefined || given.persons !== 1 || given.personIds.length !== 1) return listed(old);
    const person = given.personIds[0]!;
    const others = this.#own.take({ time, uid, app, apiId, method, template, client, account, person, completeness });
    return old === undefined ? listed(others) : others === undefined ? [old] : [old, others];
  }

  snapshot(): ApiFlawsSnapshot {
    return { own: this.#own.snapshot(), versions: this.#versions.snapshot(), logins: this.#logins.snapshot() };
  }

  restore({ own, versions, logins }: ApiFlawsSnapshot): void {
    this.#own.restore(own);
    this.#versions.restore(versions);
    this.#logins.restore(logins);
  }
}

function listed(observation: Observation | undefined): Observation[] | null {
  return observation === undefined ? null : [observation];
}
