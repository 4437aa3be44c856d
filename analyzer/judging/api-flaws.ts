/** Measures of what an application lets through: others' data and functions, old versions, sessions that go on, logins. */
import { appOf } from '../discover/app.ts';
import type { HandshakeSum } from '../handshakes.ts';
import { isSessionLike } from '../identify/binding.ts';
import { mayGiveCodes } from '../identify/code.ts';
import { passwordFieldsIn } from '../identify/password-fields.ts';
import type { JudgedCall } from '../judged-call.ts';
import type { Observation } from '../observation.ts';
import { ApiVersions } from '../observe/api-versions.ts';
import { AssignedFields } from '../observe/assigned-fields.ts';
import { BareResets } from '../observe/bare-resets.ts';
import { ConstantSecrets } from '../observe/constant-secrets.ts';
import { ForeignFunctions, type FunctionCall } from '../observe/foreign-functions.ts';
import { LoginAnswers } from '../observe/login-answers.ts';
import { OwnPersons } from '../observe/own-persons.ts';
import { PredictableSessions } from '../observe/predictable-sessions.ts';
import { ReturnedCodes } from '../observe/returned-codes.ts';
import { SessionLives } from '../observe/session-lives.ts';
import { ShortSessions } from '../observe/short-sessions.ts';
import { SignedContent } from '../observe/signed-content.ts';
import { isCode, SingleFactor } from '../observe/single-factor.ts';
import { noPartners, type PartyRegister, redirectSignal, ThirdParties } from '../observe/third-parties.ts';
import { authorityOf } from '../observe/tls-posture.ts';
import type { Everybody } from '../parties.ts';
import { isPrivate } from '../private-address.ts';
import { type PartnerOptions, Partners } from './partners.ts';

export interface ApiFlawsSnapshot {
  readonly own: ReturnType<OwnPersons['snapshot']>;
  readonly versions: ReturnType<ApiVersions['snapshot']>;
  readonly logins: ReturnType<LoginAnswers['snapshot']>;
  readonly sessions: ReturnType<SessionLives['snapshot']>;
  readonly functions: ReturnType<ForeignFunctions['snapshot']>;
  readonly fields: ReturnType<AssignedFields['snapshot']>;
  readonly resets: ReturnType<BareResets['snapshot']>;
  readonly codes: ReturnType<ReturnedCodes['snapshot']>;
  readonly secrets: ReturnType<ConstantSecrets['snapshot']>;
  readonly signed: ReturnType<SignedContent['snapshot']>;
  readonly shorts: ReturnType<ShortSessions['snapshot']>;
  readonly predictable: ReturnType<PredictableSessions['snapshot']>;
  readonly parties: ReturnType<ThirdParties['snapshot']>;
  readonly factors: ReturnType<SingleFactor['snapshot']>;
}

export interface ApiFlawsOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** JR/T 0158 level by label, 1…4. */
  readonly levels: ReadonlyMap<string, number>;
  /** Whether an address is the house's own. */
  readonly isInside?: (address: string) => boolean;
  /** Other houses that ours may hand personal data to; nobody knows when absent. */
  readonly partners?: PartnerOptions | undefined;
  /** Whether an API gives its data to callers without a credential too. */
  readonly isOpen: (apiId: string) => boolean;
  /** Who takes part in calls; others when absent. */
  readonly parties?: Everybody | undefined;
}

export class ApiFlaws {
  readonly #own: OwnPersons;
  readonly #versions = new ApiVersions();
  readonly #logins = new LoginAnswers();
  readonly #sessions: SessionLives;
  readonly #functions: ForeignFunctions;
  readonly #fields = new AssignedFields();
  readonly #resets = new BareResets(passwordFieldsIn);
  readonly #codes = new ReturnedCodes(mayGiveCodes);
  readonly #secrets = new ConstantSecrets();
  readonly #signed = new SignedContent();
  readonly #shorts = new ShortSessions();
  readonly #predictable = new PredictableSessions();
  readonly #parties: ThirdParties;
  readonly #factors = new SingleFactor();

  constructor({ zoneOffset, levels, isInside = isPrivate, isOpen, partners, parties }: ApiFlawsOptions) {
    this.#functions = new ForeignFunctions(parties);
    this.#parties = new ThirdParties(levels, isInside, registerOf(partners));
    this.#own = new OwnPersons(zoneOffset);
    this.#sessions = new SessionLives(isOpen, isSessionLike, (entries) => passwordFieldsIn(entries).sets);
  }

  get evicted(): number {
    const parts = [
      this.#own,
      this.#versions,
      this.#logins,
      this.#sessions,
      this.#functions,
      this.#fields,
      this.#resets,
      this.#codes,
      this.#secrets,
      this.#signed,
      this.#shorts,
      this.#predictable,
      this.#parties,
      this.#factors,
    ];
    return parts.reduce((sum, { evicted }) => sum + evicted, 0);
  }

  /** What is due, in order; null for none, as nearly always. */
  take(call: JudgedCall): Observation[] | null {
    const { completedTs: time, uid, app, apiId, method, template, client, account, success, functions } = call;
    const completeness = call.completeness / call.sampling;
    let out = this.#sessions.take(call);
    if (call.caller.code !== 0) out = joined(out, this.#codes.show(call, call.caller.code));
    if (success === true && call.given.objectIds.length > 0) this.#codes.give(call);
    if (success === true && call.caller.credentials.length > 0) out = joined(out, this.#secrets.take(call));
    if (isCode(functions)) {
      this.#resets.prove(call);
      this.#factors.prove(call);
    }
    if (call.caller.login !== null) {
      if (call.caller.login.outcome === 'challenge') this.#factors.prove(call);
      else if (success === true) this.#factors.login(call);
      if (success === true) out = joined(joined(out, this.#shorts.take(call)), this.#predictable.take(call));
      return joined(out, this.#login(call));
    }
    if (success === true || call.signals.includes(redirectSignal)) {
      const sent = this.#parties.take(call);
      if (sent !== null) out = out === null ? sent : out.concat(sent);
    }
    if (success !== true) return out;
    const { credentialPresent, given } = call;
    if (functions.includes('password-reset')) out = joined(out, this.#resets.take(call));
    if (functions.includes('password-reset') || functions.includes('register')) this.#factors.spend(call);
    const versioned = { time, uid, app, apiId, method, template, client, account, credentialPresent, completeness };
    out = joined(out, this.#versions.take(versioned));
    out = joined(out, this.#fields.take(call));
    if (call.signature !== 0 && call.requestHash !== '') out = joined(out, this.#signed.take(call));
    if (account === undefined) return out;
    out = joined(out, this.#factors.take(call));
    out = joined(out, this.#functions.take(call as FunctionCall));
    if (given.persons !== 1 || given.personIds.length !== 1) return out;
    const person = given.personIds[0]!;
    const others = this.#own.take({ time, uid, app, apiId, method, template, client, account, person, completeness });
    return joined(out, others);
  }

  /** Of TLS, by id of the sums. */
  handshakes(sums: readonly HandshakeSum[]): Observation[] {
    const app = (sum: HandshakeSum): string => appOf(authorityOf(sum), sum.server, sum.port);
    for (const sum of sums) if (sum.clientCertificates > 0) this.#factors.certified(app(sum), sum.lastSeen);
    return this.#parties.handshakes(sums, app);
  }

  #login(call: JudgedCall): Observation | undefined {
    const { completedTs: time, uid, app, apiId, method, template, client, account, success } = call;
    if (success === null || account === undefined) return undefined;
    // A server that puts off says nothing of the account.
    if (call.status === 429 || call.status >= 500) return undefined;
    const said = call.caller.login?.evidence.find((word) => word.startsWith('said=')) ?? '';
    const answer = `${call.status} ${call.envelope?.value ?? ''} ${said}`;
    const completeness = call.completeness / call.sampling;
    const where = { time, uid, app, apiId, method, template, client, account, completeness };
    return this.#logins.take({ ...where, success, answer });
  }

  snapshot(): ApiFlawsSnapshot {
    return {
      own: this.#own.snapshot(),
      versions: this.#versions.snapshot(),
      logins: this.#logins.snapshot(),
      sessions: this.#sessions.snapshot(),
      functions: this.#functions.snapshot(),
      fields: this.#fields.snapshot(),
      resets: this.#resets.snapshot(),
      codes: this.#codes.snapshot(),
      secrets: this.#secrets.snapshot(),
      signed: this.#signed.snapshot(),
      shorts: this.#shorts.snapshot(),
      predictable: this.#predictable.snapshot(),
      parties: this.#parties.snapshot(),
      factors: this.#factors.snapshot(),
    };
  }

  restore({
    own,
    versions,
    logins,
    sessions,
    functions,
    fields,
    resets,
    codes,
    secrets,
    signed,
    shorts,
    predictable,
    parties,
    factors,
  }: ApiFlawsSnapshot): void {
    this.#own.restore(own);
    this.#versions.restore(versions);
    this.#logins.restore(logins);
    this.#sessions.restore(sessions);
    this.#functions.restore(functions);
    this.#fields.restore(fields);
    this.#resets.restore(resets);
    this.#codes.restore(codes);
    this.#secrets.restore(secrets);
    this.#signed.restore(signed);
    this.#shorts.restore(shorts);
    this.#predictable.restore(predictable);
    this.#parties.restore(parties);
    this.#factors.restore(factors);
  }
}

function registerOf(partners: PartnerOptions | undefined): PartyRegister {
  if (partners === undefined || partners.hosts.length === 0) return noPartners;
  const known = new Partners(partners.hosts);
  return { isPartner: (app, server) => known.has(app, server), labels: partners.labels };
}

function joined(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  if (out === null) return [observation];
  out.push(observation);
  return out;
}
