/**
 * Measures of how accounts, devices and applications behave: who is where, how much they are given, at what hours, how
 * evenly they read, what is masked. Each judged call is shown to those it concerns.
 */
import { Distinct, type DistinctSnapshot } from '../distinct.ts';
import { isSessionLike } from '../identify/binding.ts';
import type { JudgedCall } from '../judged-call.ts';
import type { Observation, Subject } from '../observation.ts';
import { AccountPlaces } from '../observe/account-places.ts';
import { DeviceAccounts } from '../observe/device-accounts.ts';
import { EndedSessions } from '../observe/ended-sessions.ts';
import type { LoginAttempt } from '../observe/login-outcomes.ts';
import { LoginSurge } from '../observe/login-surge.ts';
import { Masking } from '../observe/masking.ts';
import { NewSource } from '../observe/new-source.ts';
import { Pace } from '../observe/pace.ts';
import { PersonVolume } from '../observe/persons.ts';
import { Readers } from '../observe/readers.ts';
import { ResponseSize } from '../observe/response-size.ts';
import { type Everybody, nobodyYet, place } from '../parties.ts';
import { inParts } from '../parts.ts';
import type { IsForgotten, IsFrozen } from '../teaching.ts';
import type { Calendar } from './calendar.ts';
import { isOffHours, type WorkingHours } from './working-hours.ts';

const day = 86_400e6;
/** Persons of a day that are nothing to tell of; the same outside working hours. */
const leastPersons = 200;
const leastOffHours = 20;
/** Persons an account may be given in a day where nobody says. */
const usualLimit = 500;
/** Applications whose persons are counted; of more, shares are not told. */
const mostApps = 1_000;
/** Programs of people: browsers, and apps on a phone. */
const browser = /^(?:chrome|firefox|edge|safari|opera|ie|samsung|uc|qq|wechat|mobile|360|sogou|webview|mozilla)/i;
const hand = /android|ios|iphone|ipad|harmony/i;

export interface HabitsSnapshot {
  readonly places: ReturnType<AccountPlaces['snapshot']>;
  readonly devices: ReturnType<DeviceAccounts['snapshot']>;
  readonly ended: ReturnType<EndedSessions['snapshot']>;
  readonly surge: ReturnType<LoginSurge['snapshot']>;
  readonly masking: ReturnType<Masking['snapshot']>;
  readonly sources: ReturnType<NewSource['snapshot']>;
  readonly pace: ReturnType<Pace['snapshot']>;
  readonly readers: ReturnType<Readers['snapshot']>;
  readonly sizes: ReturnType<ResponseSize['snapshot']>;
  readonly persons: ReturnType<PersonVolume['snapshot']>;
  readonly offHours: ReturnType<PersonVolume['snapshot']>;
  readonly populations: readonly (readonly [app: string, persons: DistinctSnapshot])[];
}

export interface HabitsOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  readonly hours: WorkingHours;
  /** Persons an account may be given in a day, by application. */
  readonly limits: ReadonlyMap<string, number>;
  readonly calendar?: Calendar;
  /** Of whom nothing more is learnt; of nobody when absent. */
  readonly isFrozen?: IsFrozen;
  /** Whether an API gives its data to callers without a credential too; none does when absent. */
  readonly isOpen?: (apiId: string) => boolean;
  /** Who takes part in calls; others when absent. */
  readonly parties?: Everybody;
}

export class Habits {
  readonly #places: AccountPlaces;
  readonly #devices: DeviceAccounts;
  readonly #ended: EndedSessions;
  readonly #surge = new LoginSurge();
  readonly #masking = new Masking();
  readonly #sources: NewSource;
  readonly #pace: Pace;
  readonly #readers: Readers;
  readonly #sizes: ResponseSize;
  #persons: PersonVolume;
  #offHours: PersonVolume;
  /** Persons each application ever told of. */
  readonly #populations = new Map<string, Distinct>();

  constructor(private readonly options: HabitsOptions) {
    const { zoneOffset, isFrozen, parties = nobodyYet() } = options;
    const frozen = isFrozen === undefined ? {} : { isFrozen };
    this.#sizes = new ResponseSize(isFrozen);
    this.#ended = new EndedSessions(options.isOpen);
    this.#places = new AccountPlaces(parties);
    this.#pace = new Pace(parties);
    this.#devices = new DeviceAccounts(zoneOffset, parties);
    this.#sources = new NewSource(zoneOffset, isFrozen, parties);
    this.#readers = new Readers(zoneOffset, parties);
    const least = Math.min(leastPersons, ...options.limits.values());
    this.#persons = new PersonVolume({ measure: 'persons', window: day, zoneOffset, least, ...frozen, parties });
    this.#offHours = new PersonVolume({
      ...{ measure: 'off-hours', window: day, zoneOffset, least: leastOffHours },
      ...frozen,
      ...{ parties, place: place.offHours },
    });
  }

  /** One that knows what is usual for volumes and nothing else: for calls of an earlier time. */
  anew(): Habits {
    const other = new Habits(this.options);
    other.#persons = this.#persons.anew();
    other.#offHours = this.#offHours.anew();
    return other;
  }

  forget(isForgotten: IsForgotten): void {
    for (const part of [this.#sources, this.#sizes, this.#persons, this.#offHours]) part.forget(isForgotten);
  }

  get evicted(): number {
    const parts = [
      this.#places,
      this.#devices,
      this.#ended,
      this.#surge,
      this.#masking,
      this.#sources,
      this.#pace,
      this.#sizes,
    ];
    const others = this.#persons.evicted + this.#offHours.evicted + this.#readers.evicted;
    return parts.reduce((sum, { evicted }) => sum + evicted, others);
  }

  /** Observations that are due; null for none, as nearly always. `subject`: whose the call is. */
  take(call: JudgedCall, subject: Subject): Observation[] | null {
    let out: Observation[] | null = null;
    const { completedTs: time, uid, app, client, account, session = '', success, caller, given } = call;
    const completeness = call.completeness / call.sampling;
    const device = caller.userAgentFamily;
    const isAnonymous = !call.credentialPresent;
    const isRobot = device !== '' && !browser.test(device) && !hand.test(device);
    out = added(
      out,
      this.#pace.take({ time, uid, app, client, isAnonymous, isRobot, asked: call.asked, completeness }),
    );
    if (success !== true) return out;
    if (account !== undefined) {
      out = added(out, this.#places.take({ time, uid, app, account, client, device, session, completeness }));
      out = added(out, this.#devices.take({ time, uid, app, account, client, device, completeness }));
    }
    if (caller.login !== null) this.#revive(call);
    else if (session !== '') out = added(out, this.#session(call, session));
    return given.persons === 0 ? out : this.#given(call, subject, isRobot, out);
  }

  login(attempt: LoginAttempt): Observation | undefined {
    return this.#surge.take(attempt);
  }

  /** A login makes what it was sent with and what it hands out good again. */
  #revive({ caller: { credentials, issued } }: JudgedCall): void {
    for (let i = 0; i < credentials.length; i++) this.#ended.begin(credentials[i].hash);
    for (let i = 0; i < issued.length; i++) this.#ended.begin(issued[i].hash);
  }

  #session(call: JudgedCall, session: string): Observation | undefined {
    const { logout } = call.caller;
    const isGiven = call.given.persons > 0 && call.responseLevel >= 2;
    if (!logout && !(isGiven && this.#ended.isEnded(session))) return undefined;
    const { completedTs: time, uid, app, apiId, method, template, client, account } = call;
    const completeness = call.completeness / call.sampling;
    const sent = call.caller.credentials.filter(isSessionLike).map(({ hash }) => hash);
    const use = { time, uid, app, apiId, method, template, session, sent, client, account, completeness };
    if (!logout) return this.#ended.take(use);
    this.#ended.end(use);
    return undefined;
  }

  /** Of a call that was given somebody's data. */
  #given(call: JudgedCall, subject: Subject, isRobot: boolean, before: Observation[] | null): Observation[] | null {
    let out = before;
    const { completedTs: time, uid, app, apiId, method, template, client, account, given } = call;
    const completeness = call.completeness / call.sampling;
    const { persons, personIds, records } = given;
    if (persons > 1 || personIds.length > 0) this.#populate(app, personIds);
    const isFile = call.functions.includes('export') || call.functions.includes('download');
    if (call.labelsResponse.length > 0 && !isFile) {
      const labels = call.labelsResponse;
      const told = { time, uid, app, apiId, method, template, client, account, labels, personIds, completeness };
      const masking = this.#masking.take(told);
      if (masking !== null) out = out === null ? masking : out.concat(masking);
    }
    // biome-ignore format: one object for all of them, literally: each copy costs ten times as much
    const volume = { time, uid, app, apiId, method, template, subject, client, account, persons, personIds, personHashes: personIds, records, completeness };
    if (subject.kind !== 'client') out = added(out, this.#sources.take(volume));
    if (call.functions.includes('export')) return out;
    out = added(out, this.#sizes.take(volume));
    // Machines have volumes of their own, by contract: what is much for a person is their daily work.
    if (!isRobot || subject.kind === 'account') out = added(out, this.#share(this.#persons.take(volume)));
    // A customer's night is nobody's business: only who reads of others for a living has working hours.
    const isStaff = account !== undefined && this.#readers.take(app, account, time, personIds);
    if (isStaff && !isRobot && isOffHours(time, this.options)) {
      out = added(out, this.#offHours.take(volume));
    }
    return out;
  }

  #populate(app: string, personIds: readonly number[]): void {
    let known = this.#populations.get(app);
    if (known === undefined) {
      if (this.#populations.size >= mostApps) return;
      this.#populations.set(app, (known = new Distinct()));
    }
    for (let i = 0; i < personIds.length; i++) known.add(personIds[i]);
  }

  /**
   * With its share of all persons of the application (`share`), the largest answer's share of it (`inOne`), and its share
   * of what an account may be given (`ofLimit`; `isSet`: 1 where the operator says how much).
   */
  #share(observation: Observation | undefined): Observation | undefined {
    if (observation === undefined) return undefined;
    const all = this.#populations.get(observation.app)?.estimate ?? 0;
    const share = all === 0 ? 0 : Math.min(1, observation.value / all);
    const limit = this.options.limits.get(observation.app);
    const ofLimit = observation.value / (limit ?? usualLimit);
    const isSet = limit === undefined ? 0 : 1;
    const largest = (observation.numbers['largest'] ?? 0) / observation.value;
    return { ...observation, numbers: { ...observation.numbers, share, inOne: Math.min(1, largest), ofLimit, isSet } };
  }

  /** What went on since it was told, and is due by `time`. */
  settle(time: number): readonly Observation[] {
    const persons = this.#persons.settle(time);
    const offHours = this.#offHours.settle(time);
    if (persons.length === 0) return offHours;
    return [...persons.map((each) => this.#share(each)!), ...offHours];
  }

  /** As of Judge. */
  parts(): HabitsSnapshot {
    return inParts<HabitsSnapshot>({
      places: () => this.#places.snapshot(),
      devices: () => this.#devices.snapshot(),
      ended: () => this.#ended.snapshot(),
      surge: () => this.#surge.snapshot(),
      masking: () => this.#masking.snapshot(),
      sources: () => this.#sources.snapshot(),
      pace: () => this.#pace.snapshot(),
      readers: () => this.#readers.snapshot(),
      sizes: () => this.#sizes.snapshot(),
      persons: () => this.#persons.snapshot(),
      offHours: () => this.#offHours.snapshot(),
      populations: () => [...this.#populations].map(([app, persons]) => [app, persons.snapshot()]),
    });
  }

  snapshot(): HabitsSnapshot {
    return { ...this.parts() };
  }

  restore(snapshot: HabitsSnapshot): void {
    this.#places.restore(snapshot.places);
    this.#devices.restore(snapshot.devices);
    this.#ended.restore(snapshot.ended);
    this.#surge.restore(snapshot.surge);
    this.#masking.restore(snapshot.masking);
    this.#sources.restore(snapshot.sources);
    this.#pace.restore(snapshot.pace);
    this.#readers.restore(snapshot.readers);
    this.#sizes.restore(snapshot.sizes);
    this.#persons.restore(snapshot.persons);
    this.#offHours.restore(snapshot.offHours);
    this.#populations.clear();
    for (const [app, stored] of snapshot.populations) {
      const persons = new Distinct();
      persons.restore(stored);
      this.#populations.set(app, persons);
    }
  }
}

function added(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  if (out === null) return [observation];
  out.push(observation);
  return out;
}
