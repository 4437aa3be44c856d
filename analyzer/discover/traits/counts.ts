/**
 * What the calls of one API were like, counted as they come: whom they came from, what they proved, what data went each
 * way. Only calls that succeeded count: what is refused tells of the caller, not of the API.
 *
 * Bounds: labels are as many as recognizers give (`mostLabels`), callers are remembered to `mostCallers`.
 */
import type { LabelFact } from '../../call.ts';
import type { JudgedCall } from '../../judged-call.ts';

/** One label in one direction. */
export interface LabelUse {
  readonly label: string;
  /** Calls with clear values of it, and calls where all were masked. */
  clear: number;
  masked: number;
  /** Different clear values in the call that had most. */
  most: number;
}

export interface Counts {
  successes: number;
  /** Without any credential. */
  anonymous: number;
  /** Calls by kind of credential, in the order they were met. */
  readonly credentials: Map<string, number>;
  /** Calls by what sent them: browsers and apps that people hold, programs, and those that do not say. */
  people: number;
  programs: number;
  /** Calls whose account is known. */
  bound: number;
  /** Calls by the client's address: of private ranges, and others. */
  inside: number;
  outside: number;
  /** Different ones, as met first; at most `mostCallers`. */
  readonly clients: string[];
  readonly accounts: string[];
  readonly sent: LabelUse[];
  readonly given: LabelUse[];
  /** Of the reply that told of most. */
  persons: number;
  records: number;
  /** Most values that one request chose. */
  asked: number;
  /** Replies with rows, and replies that handed out a credential. */
  listed: number;
  issued: number;
  /** Requests and replies whose bodies the application had encrypted. */
  opaqueRequests: number;
  opaqueResponses: number;
}

/** Most first-met callers that are told apart: enough to say few or many. */
const mostCallers = 8;
const mostLabels = 96;
/** Persons in one reply at which it is looked at anew. */
const personSteps = [2, 50, 1000, 10_000];

export function newCounts(): Counts {
  return {
    successes: 0,
    anonymous: 0,
    credentials: new Map(),
    people: 0,
    programs: 0,
    bound: 0,
    inside: 0,
    outside: 0,
    clients: [],
    accounts: [],
    sent: [],
    given: [],
    persons: 0,
    records: 0,
    asked: 0,
    listed: 0,
    issued: 0,
    opaqueRequests: 0,
    opaqueResponses: 0,
  };
}

/** As of `structureNames`. */
const opaqueRequest = 'opaque-request';
const opaqueResponse = 'opaque-response';

/** Credentials that the server hands out to be shown again. */
const shownAgain = new Set(['bearer', 'token', 'session', 'ticket']);

/** Takes in a call that succeeded; true when something is new enough to think again. */
export function take(counts: Counts, call: JudgedCall, isInside: boolean, isPerson: boolean | null): boolean {
  const { caller, given } = call;
  let isNew = isPowerOfTwo(++counts.successes);
  if (!call.credentialPresent) counts.anonymous++;
  else {
    for (let i = 0; i < caller.credentials.length; i++) {
      const { kind, certain } = caller.credentials[i]!;
      if (!certain && call.account === undefined) continue;
      const before = counts.credentials.get(kind) ?? 0;
      counts.credentials.set(kind, before + 1);
      if (before === 0) isNew = true;
    }
  }
  if (isPerson === true) counts.people++;
  else if (isPerson === false) counts.programs++;
  if (isInside) counts.inside++;
  else if (counts.outside++ === 0) isNew = true;
  meet(counts.clients, call.client);
  if (call.account !== undefined) {
    counts.bound++;
    meet(counts.accounts, call.account);
  }
  if (call.labelsRequest.length > 0 && takeLabels(counts.sent, call.labelsRequest)) isNew = true;
  if (call.labelsResponse.length > 0 && takeLabels(counts.given, call.labelsResponse)) isNew = true;
  if (given.persons > counts.persons) {
    for (const step of personSteps) if (counts.persons < step && given.persons >= step) isNew = true;
    counts.persons = given.persons;
  }
  if (call.asked.length > counts.asked) counts.asked = call.asked.length;
  if (given.records > counts.records) counts.records = given.records;
  if (given.records > 0) counts.listed++;
  if (call.signals.length > 0) {
    if (call.signals.includes(opaqueRequest)) counts.opaqueRequests++;
    if (call.signals.includes(opaqueResponse)) counts.opaqueResponses++;
  }
  if (caller.issued.some(({ kind, place }) => place === 'body' && shownAgain.has(kind))) counts.issued++;
  return isNew;
}

function isPowerOfTwo(n: number): boolean {
  return (n & (n - 1)) === 0;
}

function meet(met: string[], one: string): void {
  if (met.length < mostCallers && !met.includes(one)) met.push(one);
}

function takeLabels(uses: LabelUse[], facts: readonly LabelFact[]): boolean {
  let isNew = false;
  for (let i = 0; i < facts.length; i++) {
    const { label, count, masked, distinct } = facts[i]!;
    let use = uses.find((each) => each.label === label);
    if (use === undefined) {
      if (uses.length >= mostLabels) continue;
      use = { label, clear: 0, masked: 0, most: 0 };
      uses.push(use);
      isNew = true;
    }
    if (count > masked) {
      if (use.clear++ === 0) isNew = true;
      if (distinct > use.most) use.most = distinct;
    } else use.masked++;
  }
  return isNew;
}

/** Calls out of two hundred that must show a label: fewer are chance, or somebody's mistake. */
const oftenEnough = 200;

/** Whether a label belongs to the API: it comes in one call of two hundred at least, or has come often. */
function isUsual(use: LabelUse, counts: Counts): boolean {
  const calls = use.clear + use.masked;
  return calls * oftenEnough >= counts.successes || calls >= 50;
}

/** Labels that are usual in one direction, those with clear values. */
export function clearLabels(uses: readonly LabelUse[], counts: Counts): string[] {
  return uses.filter((use) => use.clear > 0 && isUsual(use, counts)).map(({ label }) => label);
}

/** Labels that are usual in one direction and come masked alone. */
export function maskedLabels(uses: readonly LabelUse[], counts: Counts): string[] {
  return uses.filter((use) => use.clear === 0 && isUsual(use, counts)).map(({ label }) => label);
}

/** Counts as JSON-safe data. */
export type StoredCounts = Omit<Counts, 'credentials'> & {
  readonly credentials: readonly (readonly [string, number])[];
};

export function stored(counts: Counts): StoredCounts {
  const { credentials, clients, accounts, sent, given, ...numbers } = counts;
  const uses = (side: readonly LabelUse[]) => side.map((use) => ({ ...use }));
  return {
    ...numbers,
    ...{ credentials: [...credentials], clients: [...clients], accounts: [...accounts] },
    ...{ sent: uses(sent), given: uses(given) },
  };
}

export function restored(from: StoredCounts): Counts {
  const counts = structuredClone(from) as StoredCounts;
  return Object.assign(newCounts(), counts, { credentials: new Map(counts.credentials) });
}

/** Adds what was counted of an API that turned out to be the same. */
export function merge(into: Counts, from: Counts): void {
  for (const name of ['successes', 'anonymous', 'people', 'programs', 'bound'] as const) into[name] += from[name];
  for (const name of ['inside', 'outside', 'listed', 'issued'] as const) into[name] += from[name];
  for (const name of ['opaqueRequests', 'opaqueResponses'] as const) into[name] += from[name];
  for (const name of ['persons', 'records', 'asked'] as const) into[name] = Math.max(into[name], from[name]);
  for (const [kind, calls] of from.credentials) into.credentials.set(kind, (into.credentials.get(kind) ?? 0) + calls);
  for (const one of from.clients) meet(into.clients, one);
  for (const one of from.accounts) meet(into.accounts, one);
  for (const side of ['sent', 'given'] as const) {
    for (const use of from[side]) {
      const known = into[side].find(({ label }) => label === use.label);
      if (known === undefined) into[side].push({ ...use });
      else {
        known.clear += use.clear;
        known.masked += use.masked;
        known.most = Math.max(known.most, use.most);
      }
    }
  }
}
