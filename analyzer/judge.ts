/**
 * JUDGE: the half of analysis with all the memory. It takes the calls of every application in order, and keeps what
 * was learnt.
 *
 *   call ─▶ success ─▶ whose ─▶ function ─▶ labels by column ─▶ inventory ─▶ measures ─▶ rules ─▶ findings
 *
 * Twice is once: per source it remembers the last order key it applied, and passes over what is not behind it.
 * Bounds: each part has its own; cursors are as many as sources that were begun and not read to their end.
 */
import { Profiles, type SubjectProfile } from './baseline/profiles.ts';
import type { ApiCall } from './call.ts';
import { compileRules } from './detect/compile.ts';
import { Detector } from './detect/detector.ts';
import { FallbackPages } from './discover/fallback-pages.ts';
import { Functions } from './discover/functions.ts';
import { type ApiEntry, Inventory } from './discover/inventory.ts';
import { type Alias, Templates } from './discover/learn/templates.ts';
import type { TemplateWord } from './discover/learn/words-of-people.ts';
import { usualPeriods } from './discover/lifecycle.ts';
import type { StoredSchema } from './discover/schema-view.ts';
import { Schemas } from './discover/schemas.ts';
import { SuccessPredicate } from './discover/success.ts';
import type { Judgement, Respect } from './discover/traits/judgement.ts';
import { judgements, type Proposal, TraitMemory } from './discover/traits/traits.ts';
import type { Finding } from './finding.ts';
import type { HandshakeSum } from './handshakes.ts';
import { AccountNames } from './identify/account.ts';
import { type BindingRate, SessionBinding } from './identify/binding.ts';
import type { JudgeOptions } from './judge-options.ts';
import { type JudgeSnapshot, judgeVersion } from './judge-snapshot.ts';
import { isShed, type JudgedCall } from './judged-call.ts';
import { Agreed } from './judging/agreed.ts';
import { Calendar, weekCalendar } from './judging/calendar.ts';
import { exchangesForToken, isCertain, isOfPersons, isPicture, mobileOf } from './judging/call-marks.ts';
import { CallerPolicy, noCallerPolicy } from './judging/caller-policy.ts';
import { passwordWords, urlSecrets } from './judging/caller-words.ts';
import { type Cursor, cursorsOf, isBehind } from './judging/cursor.ts';
import { driftOf } from './judging/drift.ts';
import type { FieldMark } from './judging/field-marks.ts';
import { Labels } from './judging/labels.ts';
import { Measures } from './judging/measures.ts';
import { insideNetworks, knownClients } from './judging/networks.ts';
import { noPlaces, Places } from './judging/places.ts';
import { Register, type RegisterEntry } from './judging/register.ts';
import { withLabels } from './judging/schema-labels.ts';
import { cookieFlaws, tokenFlaws } from './judging/session-words.ts';
import { noPolicy, SourcePolicy } from './judging/source-policy.ts';
import { usualHours } from './judging/working-hours.ts';
import { nobodyYet } from './parties.ts';
import { inParts } from './parts.ts';
import { type LearningWord, Teaching } from './teaching.ts';

export type { JudgeOptions } from './judge-options.ts';
export type { JudgedCall } from './judged-call.ts';

/** An API as it is known, with what it does and why that is thought, by name. */
export interface JudgedApi extends ApiEntry {
  readonly functions: readonly { readonly name: string; readonly reason: string }[];
  /** What kind of API it is, by respect; empty while it has not succeeded. */
  readonly traits: readonly (Judgement & { readonly name: Respect })[];
  /** How its grade and level came to be, oldest first. */
  readonly proposals: readonly Proposal[];
}

export class Judge {
  readonly #cursors = new Map<string, Cursor>();
  /** The cursors as they were restored: what an earlier run applied, and this one did not. */
  readonly #restored = new Map<string, Cursor>();
  readonly #success = new SuccessPredicate();
  readonly #binding = new SessionBinding();
  readonly #names = new AccountNames();
  readonly #functions = new Functions();
  readonly #traits: TraitMemory;
  readonly #labels: Labels;
  readonly #inventory: Inventory;
  readonly #templates = new Templates(
    (merged) => this.#inventory.merge(merged),
    (part) => this.#inventory.separate(part),
  );
  readonly #schemas = new Schemas();
  readonly #pages = new FallbackPages((call) => this.#templates.isDecided(call));
  readonly #profiles: Profiles;
  readonly #measures: Measures;
  readonly #policy: SourcePolicy;
  readonly #register = new Register();
  readonly #callers: CallerPolicy;
  readonly #places: Places;
  readonly #calendar: Calendar;
  readonly #detector: Detector;
  readonly #agreed = new Agreed();
  readonly #teaching = new Teaching((id) => this.#templates.idOf(id));

  constructor(private readonly options: JudgeOptions) {
    const { zoneOffset, periods } = options;
    const isInside = insideNetworks(options.internalNetworks ?? []);
    this.#labels = new Labels(options);
    this.#traits = new TraitMemory(options.sensitivities, isInside);
    this.#inventory = new Inventory({ zoneOffsetUs: zoneOffset, ...(periods === undefined ? {} : { periods }) });
    const parties = nobodyYet();
    this.#profiles = new Profiles({ zoneOffset, most: mostProfiles, parties });
    const hours = options.hours ?? usualHours;
    this.#places = new Places(options.places ?? noPlaces);
    this.#calendar = new Calendar({ ...(options.calendar ?? weekCalendar), weekdays: hours.days });
    this.#measures = new Measures({
      ...{ zoneOffset, hours, limits: options.limits ?? new Map(), levels: options.levels },
      ...{ rateLimits: options.rateLimits ?? [], calendar: this.#calendar },
      ...{ inactive: (periods ?? usualPeriods).inactive, isFrozen: this.#teaching.isFrozen, isInside },
      ...{ partners: options.partners, parties },
    });
    this.#callers = new CallerPolicy(options.callers ?? noCallerPolicy);
    this.#policy = new SourcePolicy(options.sources ?? noPolicy);
    this.#detector = new Detector(compileRules(options.rules), {
      ...{ zoneOffset, kindsOf: knownClients(options.knownClients ?? []) },
    });
  }

  /** A judge of the same rules that has learnt nothing. */
  fresh(): Judge {
    return new Judge(this.options);
  }

  /** What people said of learning, all of it; it counts from the next call on. */
  teach(words: readonly LearningWord[]): void {
    this.#teaching.hear(words, (isForgotten) => this.#measures.forget(isForgotten));
  }

  /** What people said of fields and templates, and the register, all of it; it counts from the next call on. */
  mark(marks: readonly FieldMark[], words?: readonly TemplateWord[], register: readonly RegisterEntry[] = []): void {
    this.#register.hear(register);
    this.#labels.mark(marks);
    if (words !== undefined) this.#templates.decide(words);
  }

  /** Judges one call, which becomes the answer. Null when it was judged before: then nothing changes. */
  apply(call: ApiCall, source: string): JudgedCall | null {
    const cursor = this.#cursors.get(source);
    if (cursor === undefined) {
      this.#cursors.set(source, { completedTs: call.completedTs, uid: call.uid });
      if (this.#detector.begin(call.completedTs)) this.#measures.rewind();
    } else {
      if (!isBehind(call, cursor)) return null;
      cursor.completedTs = call.completedTs;
      cursor.uid = call.uid;
    }
    return this.#take(call, source);
  }

  /**
   * Judges a call that comes after calls behind it were judged: whoever ordered them ran out of room, and each comes
   * once. Null when an earlier run had judged it; `isNew`: it surely had not.
   */
  applyLate(call: ApiCall, source: string, isNew = false): JudgedCall | null {
    const known = isNew ? undefined : this.#restored.get(source);
    return known === undefined || isBehind(call, known) ? this.#take(call, source) : null;
  }

  #take(call: ApiCall, source: string): JudgedCall {
    this.advance(call.completedTs);
    const askedTemplate = call.template;
    const alike = this.#pages.take(call);
    if (alike !== null) this.#templates.fall(call.app, alike);
    const { app, apiId, status, caller, responseBytes, envelope, ts, given } = call;
    const { login } = caller;
    const loginOutcome = login === null ? null : login.outcome;
    const success = this.#success.judge({ app, apiId, status, responseBytes, envelope, loginOutcome });
    const bound = this.#binding.apply({ app, ts, caller, success });
    const account = bound?.account ?? login?.account ?? null;
    const password = caller.passwords.length === 0 ? null : passwordWords(caller);
    const judged = call as JudgedCall;
    // A second factor that is asked for decides nothing yet.
    judged.success = login?.outcome === 'challenge' ? null : success;
    judged.source = source;
    judged.askedTemplate = askedTemplate;
    judged.account = account === null ? undefined : this.#names.of(account);
    judged.accountHash = account?.hash ?? '';
    judged.session = bound?.session ?? caller.credentials.find(({ certain }) => certain)?.hash;
    judged.claimedClient = caller.claimedClient ?? '';
    const { method, template, operation, format, requestType, responseType, statement } = call;
    const { attachment, records } = given;
    const { logout } = caller;
    const known = this.#templates.idOf(apiId);
    judged.labelsRequest = this.#labels.judge(call, 'request', known);
    judged.labelsResponse = this.#labels.judge(call, 'response', known);
    const token = exchangesForToken(caller);
    const picture = judged.labelsRequest.some(isPicture);
    const personal = judged.labelsResponse.some(isOfPersons);
    // biome-ignore format: one object, literally: spreading three costs a hundred times as much
    judged.functions = this.#functions.observe({ apiId, method, template, operation, format, requestType, responseType, attachment, login: login !== null, logout, records, statement, token, picture, personal, asked: call.asked, success });
    judged.responseLevel = this.#labels.levelOf(judged.labelsResponse);
    judged.sensitiveKinds = judged.responseLevel >= 3 ? this.#labels.sensitiveKinds(judged.labelsResponse) : 0;
    judged.persons = given.persons;
    if (given.persons === 1 && given.personIds.length === 1) judged.person = given.personIds[0];
    judged.records = records;
    // A random cookie may be a visitor's mark; one that a login gave out is known by its binding.
    judged.credentialPresent = bound !== null || caller.account !== null || caller.credentials.some(isCertain);
    judged.passwordForm = password?.form;
    judged.passwordHash = password?.hash;
    judged.weakPassword = password === null || password.weak === '' ? undefined : password.weak;
    judged.urlSecrets = urlSecrets(call, judged.labelsRequest, this.#labels);
    if (caller.issued.length > 0) judged.cookieFlaws = cookieFlaws(call);
    if (caller.issued.length > 0 || caller.credentials.length > 0) judged.tokenFlaws = tokenFlaws(judged);
    if (judged.functions.includes('sms-code')) judged.mobileHash = mobileOf(call);
    judged.sourcePolicy = this.#policy.of(app, call.client);
    judged.register = this.#register.of(call);
    judged.listed = this.#callers.of(judged);
    judged.inside = this.#traits.isInside(call.client);
    this.#places.tell(judged);
    this.#inventory.observe(call, success, known);
    if (success === true) this.#templates.observe(call);
    const shifts = isShed(call) ? [] : this.#traits.observe(judged);
    if (shifts.length > 0) this.#detector.observe(driftOf(judged, shifts));
    // Of a cut message fields would seem to be missing.
    if (success === true && call.completeness === 1 && format !== 'asset') this.#schemas.observe(call);
    if (format !== 'asset' && method !== '' && !isShed(call))
      this.#profile(judged, bound === null ? null : (judged.account ?? null));
    for (const observation of this.#measures.take(judged)) this.#detector.observe(observation);
    this.#detector.call(judged);
    return judged;
  }

  /** `account`: whose the call is; an account that somebody only tried to log in to has nothing to do with it. */
  #profile(call: JudgedCall, account: string | null): void {
    const { ts, app, client, durationUs, responseBytes, success, persons, labelsResponse } = call;
    const apiId = this.#templates.idOf(call.apiId);
    const labels = labelsResponse.map(({ label }) => label);
    this.#profiles.observe({ ts, app, apiId, account, client, durationUs, responseBytes, success, labels, persons });
  }

  /** What was agreed on in TLS, summed up; `stream` as of Agreed. */
  handshakes(sums: readonly HandshakeSum[], stream: string | null): void {
    for (const observation of [...this.#agreed.take(sums, stream), ...this.#measures.handshakes(sums)])
      this.#detector.observeAside(observation);
  }

  /** A source that has been read to its end needs no cursor: it is known as a whole. */
  forget(source: string): void {
    this.#cursors.delete(source);
    this.#restored.delete(source);
  }

  /**
   * Packet time has come so far: windows that end by it are judged, and measurements that went on since they were told.
   * Each call does so; without calls, whoever knows the time.
   */
  advance(time: number): void {
    if (this.#detector.arrive(time)) this.#measures.resume();
    for (const observation of this.#measures.settle(time)) this.#detector.observe(observation);
    this.#detector.advance(time);
  }

  /**
   * A stream has ended: measurements that went on since they were told are told as they are, and templates are inferred
   * from what came since they were. Windows stay open.
   */
  settle(): void {
    this.#templates.settle();
    for (const observation of this.#measures.settle(Number.POSITIVE_INFINITY)) this.#detector.observe(observation);
  }

  /** Findings that are new or have changed since the last time, by id. */
  changedFindings(): Finding[] {
    return this.#detector.changed();
  }

  /** Profiles that are new or have changed, `most` at a time; handed on once the next ones are asked for. */
  changedProfiles(most: number): Iterable<readonly SubjectProfile[]> {
    return this.#profiles.changed(most);
  }

  /** Years of calls of which the calendar says nothing: there days of the week alone decided. */
  get unknownYears(): readonly number[] {
    return this.#calendar.unknownYears;
  }

  /** What any of its memories forgot, or had no room for, since it began. */
  get forgotten(): number {
    const { evicted: sessions, aliasesEvicted } = this.#binding.counters();
    const { findings, groups } = this.#detector.evicted;
    const inventory = this.#inventory.evicted + this.#inventory.refused + this.#templates.refused;
    const apis = this.#functions.refused + this.#traits.refused + this.#schemas.refused;
    const learnt = this.#success.evicted + this.#pages.evicted + apis + this.#labels.refused + this.#profiles.evicted;
    return sessions + aliasesEvicted + findings + groups + inventory + learnt + this.#measures.evicted;
  }

  /** How much of each application's traffic has an owner, by application. */
  bindingRates(): BindingRate[] {
    return this.#binding.rates();
  }

  /** Ids of APIs that became others since the last time. */
  changedAliases(): Alias[] {
    return this.#templates.changedAliases();
  }

  /** Of all times. */
  aliases(): Alias[] {
    return this.#templates.aliases();
  }

  /** Every API there is, by id. */
  apis(): JudgedApi[] {
    return this.#inventory.entries().map((api) => this.#withFunctions(api));
  }

  /** APIs that are new or have changed since the last time. */
  changedApis(): JudgedApi[] {
    return this.#inventory.changed().map((api) => this.#withFunctions(api));
  }

  /** What goes in and out of the APIs that were called since the last time, by id. */
  changedSchemas(): (StoredSchema & { readonly apiId: string; readonly app: string })[] {
    return this.#schemas.changed().map((schema) => withLabels(schema, this.#labels));
  }

  #withFunctions(api: ApiEntry): JudgedApi {
    const parts = this.#templates.partsOf(api.id);
    const reasons = new Map<string, string>();
    for (const id of parts)
      for (const [name, reason] of Object.entries(this.#functions.reasonsOf(id)))
        if (!reasons.has(name)) reasons.set(name, reason);
    const functions = [...reasons].sort(([a], [b]) => (a < b ? -1 : 1));
    const names = functions.map(([name]) => name);
    const traits = this.#traits.of(parts, api, names);
    return {
      ...api,
      functions: functions.map(([name, reason]) => ({ name, reason })),
      traits: traits === null ? [] : judgements(traits),
      proposals: this.#traits.proposalsOf(parts),
    };
  }

  /** Its memory as of now, each part made when it is read: until the next call. */
  parts(): JudgeSnapshot {
    return inParts<JudgeSnapshot>({
      v: () => judgeVersion,
      cursors: () => cursorsOf(this.#cursors),
      success: () => this.#success.snapshot(),
      binding: () => this.#binding.snapshot(),
      functions: () => this.#functions.snapshot(),
      traits: () => this.#traits.snapshot(),
      labels: () => this.#labels.snapshot(),
      inventory: () => this.#inventory.snapshot(),
      templates: () => this.#templates.snapshot(),
      schemas: () => this.#schemas.snapshot(),
      pages: () => this.#pages.snapshot(),
      profiles: () => this.#profiles.snapshot(),
      measures: () => this.#measures.parts(),
      detector: () => this.#detector.snapshot(),
      shown: () => this.#agreed.snapshot(),
      teaching: () => this.#teaching.snapshot(),
    });
  }

  snapshot(): JudgeSnapshot {
    return { ...this.parts(), measures: this.#measures.snapshot() };
  }

  /**
   * What an earlier version kept, as far as this one can take it up: where sources were read to, and the inventory. The
   * rest is learnt anew.
   */
  takeUp(stored: Pick<JudgeSnapshot, 'cursors' | 'inventory'> & { readonly v: number }): JudgeSnapshot {
    if (stored.v === judgeVersion) return stored as JudgeSnapshot;
    return { ...this.fresh().snapshot(), cursors: stored.cursors, inventory: stored.inventory };
  }

  restore(snapshot: JudgeSnapshot): void {
    this.#cursors.clear();
    this.#restored.clear();
    for (const [source, cursor] of Object.entries(snapshot.cursors)) {
      this.#cursors.set(source, { ...cursor });
      this.#restored.set(source, { ...cursor });
    }
    this.#success.restore(snapshot.success);
    this.#binding.restore(snapshot.binding);
    this.#functions.restore(snapshot.functions);
    this.#traits.restore(snapshot.traits);
    this.#labels.restore(snapshot.labels);
    this.#inventory.restore(snapshot.inventory);
    this.#templates.restore(snapshot.templates);
    this.#schemas.restore(snapshot.schemas);
    this.#pages.restore(snapshot.pages ?? []);
    this.#profiles.restore(snapshot.profiles);
    this.#measures.restore(snapshot.measures);
    this.#detector.restore(snapshot.detector);
    this.#agreed.restore(snapshot.shown);
    this.#teaching.restore(snapshot.teaching);
  }
}

/** Of each kind: a profile is some kilobytes, in memory and in every snapshot. */
const mostProfiles = 5000;
