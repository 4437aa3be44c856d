/**
 * Measures of how often, how well and with what an application is used: rates of calls, failures and silence of servers,
 * kinds of data, logins. Each judged call is shown to those it concerns.
 */
import type { JudgedCall } from '../judged-call.ts';
import type { Observation } from '../observation.ts';
import { ApiChanges } from '../observe/api-changes.ts';
import { LabelCounts } from '../observe/label-counts.ts';
import { LoginHabits } from '../observe/login-habits.ts';
import { PersonVolume } from '../observe/persons.ts';
import { type RateLimit, RateLimits } from '../observe/rate-limits.ts';
import { Rates } from '../observe/rates.ts';
import { Service } from '../observe/service.ts';
import { TrafficDrop } from '../observe/traffic-drop.ts';
import { type Everybody, nobodyYet, place } from '../parties.ts';
import type { IsForgotten, IsFrozen } from '../teaching.ts';
import type { Calendar } from './calendar.ts';
import type { IsInside } from './networks.ts';

const day = 86_400e6;
/** Persons of a day that are given abroad. */
const leastAbroad = 10;
/** JR/T 0158 level of data that counts there. */
const sensitive = 3;

export interface WatchOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** JR/T 0158 level by label, 1…4. */
  readonly levels: ReadonlyMap<string, number>;
  readonly rateLimits: readonly RateLimit[];
  readonly calendar: Calendar;
  /** Without a success for so long an API is inactive, µs. */
  readonly inactive: number;
  /** Of whom nothing more is learnt; of nobody when absent. */
  readonly isFrozen?: IsFrozen;
  /** Which addresses are the house's own. */
  readonly isInside?: IsInside;
  /** Who takes part in calls; others when absent. */
  readonly parties?: Everybody;
}

export interface WatchesSnapshot {
  readonly rates: ReturnType<Rates['snapshot']>;
  readonly limits: ReturnType<RateLimits['snapshot']>;
  readonly service: ReturnType<Service['snapshot']>;
  readonly drops: ReturnType<TrafficDrop['snapshot']>;
  readonly labels: ReturnType<LabelCounts['snapshot']>;
  readonly logins: ReturnType<LoginHabits['snapshot']>;
  readonly changes: ReturnType<ApiChanges['snapshot']>;
  readonly abroad: ReturnType<PersonVolume['snapshot']>;
}

export class Watches {
  readonly #rates: Rates;
  readonly #limits: RateLimits;
  readonly #service: Service;
  readonly #drops: TrafficDrop;
  readonly #labels: LabelCounts;
  readonly #logins: LoginHabits;
  readonly #abroad: PersonVolume;
  readonly #changes: ApiChanges;

  constructor(private readonly options: WatchOptions) {
    const { zoneOffset, levels, rateLimits, calendar, isFrozen, parties = nobodyYet() } = options;
    this.#rates = new Rates(zoneOffset, isFrozen, (day) => calendar.isFree(day), parties);
    this.#service = new Service(isFrozen);
    this.#limits = new RateLimits(rateLimits);
    this.#drops = new TrafficDrop(zoneOffset, (day) => calendar.isFree(day), isFrozen);
    this.#labels = new LabelCounts(levels, zoneOffset, isFrozen, parties);
    this.#logins = new LoginHabits(zoneOffset, isFrozen);
    this.#changes = new ApiChanges(options.inactive, options.isInside);
    this.#abroad = new PersonVolume({
      measure: 'persons-abroad',
      window: day,
      zoneOffset,
      least: leastAbroad,
      parties,
      place: place.abroad,
    });
  }

  /** One that knows nothing yet: for calls of an earlier time. Limits that were set hold there too. */
  anew(): Watches {
    return new Watches(this.options);
  }

  forget(isForgotten: IsForgotten): void {
    for (const part of [this.#rates, this.#service, this.#drops, this.#labels, this.#logins]) part.forget(isForgotten);
  }

  get evicted(): number {
    const used = [this.#rates, this.#limits, this.#service, this.#drops];
    const given = [this.#labels, this.#logins, this.#abroad, this.#changes];
    return [...used, ...given].reduce((sum, { evicted }) => sum + evicted, 0);
  }

  /** Observations that are due; null for none, as nearly always. */
  take(call: JudgedCall): readonly Observation[] | null {
    const { completedTs: time, uid, app, apiId, method, template, client, account, success } = call;
    const completeness = call.completeness / call.sampling;
    const { functions, status, durationUs, caller, labelsResponse: labels, region, persons, referer } = call;
    const { responseLevel: level, credentialPresent: hasCredential } = call;
    const isUnanswered = call.pairing === 'no-response' && unanswered.has(call.unpaired ?? '');
    // biome-ignore format: one object for all of them, literally: spreading costs a hundred times as much
    const seen = { time, uid, app, apiId, method, template, functions, client, account, completeness, status, isUnanswered, durationUs, labels, persons, hasCredential, referer, level };
    let out: readonly Observation[] | null = this.#rates.take(seen);
    if (this.options.rateLimits.length > 0) out = joined(out, this.#limits.take(seen));
    out = joined(out, this.#service.take(seen));
    const drops = this.#drops.take(app, time, uid);
    if (drops.length > 0) out = joined(out, drops);
    if (caller.login !== null && success !== null && account !== undefined) {
      const device = caller.userAgentFamily;
      const login = { time, uid, app, apiId, method, template, account, client, device, region, success, completeness };
      const told = this.#logins.take(login);
      if (told !== undefined) out = joined(out, [told]);
    }
    if (success !== true) return out;
    if (labels.length > 0) out = joined(out, this.#labels.take(seen));
    out = joined(out, this.#changes.take(seen));
    return call.abroad && level >= sensitive && persons > 0 ? joined(out, this.#toAbroad(call)) : out;
  }

  /**
   * One person abroad is a customer who travels. Who takes few is counted with the others of the application, from the
   * second person on; of whom the account is known reads what is his own.
   */
  #toAbroad(call: JudgedCall): readonly Observation[] | null {
    const { completedTs: time, uid, app, apiId, method, template, client, account } = call;
    const completeness = call.completeness / call.sampling;
    const { persons, records, personIds: personHashes } = call.given;
    const where = { time, uid, app, apiId, method, template, client, account, completeness };
    const subject = { kind: 'client', id: client } as const;
    const given = { ...where, subject, persons, records, personHashes };
    const told = this.#abroad.take(given);
    const own = account === undefined ? this.#abroad.counted(app, subject) : 0;
    const isOfMany = own > 1 && own < leastAbroad;
    const all = isOfMany ? this.#abroad.take({ ...given, subject: { kind: 'app', id: app } }) : undefined;
    if (all !== undefined) return told === undefined ? [all] : [told, all];
    return told === undefined ? null : [told];
  }

  /** What hours that are over by `time` tell. */
  settle(time: number): readonly Observation[] {
    const abroad = this.#abroad.settle(time);
    const drops = this.#drops.settle(time);
    return abroad.length === 0 ? drops : [...abroad, ...drops];
  }

  snapshot(): WatchesSnapshot {
    return {
      rates: this.#rates.snapshot(),
      limits: this.#limits.snapshot(),
      service: this.#service.snapshot(),
      drops: this.#drops.snapshot(),
      labels: this.#labels.snapshot(),
      logins: this.#logins.snapshot(),
      abroad: this.#abroad.snapshot(),
      changes: this.#changes.snapshot(),
    };
  }

  restore(snapshot: WatchesSnapshot): void {
    this.#rates.restore(snapshot.rates);
    this.#limits.restore(snapshot.limits);
    this.#service.restore(snapshot.service);
    this.#drops.restore(snapshot.drops);
    this.#labels.restore(snapshot.labels);
    this.#logins.restore(snapshot.logins);
    this.#abroad.restore(snapshot.abroad);
    this.#changes.restore(snapshot.changes);
  }
}

/** Reasons that are the server's: of others the sensor may have missed the answer. */
const unanswered: ReadonlySet<string> = new Set(['timeout', 'reset', 'closed']);

function joined(
  out: readonly Observation[] | null,
  more: readonly Observation[] | null,
): readonly Observation[] | null {
  return more === null ? out : out === null ? more : [...out, ...more];
}
