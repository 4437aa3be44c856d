/**
 * Open findings: hits of a rule with the same key are one finding. An event ends when nothing came for its cooldown; a
 * weakness stays until calls show it fixed, and comes back as reopened. Bound: open findings; beyond it the least
 * recently touched is let go as it stands and counted. What has changed waits for `changed()`. While calls of an earlier
 * time are judged, events of the later time stand aside, as many at most.
 */
import { createHash } from 'node:crypto';
import { type EngineStatus, type Finding, findingVersion, type Level, levels, type Measured } from '../finding.ts';
import type { ClientKind } from '../known-client.ts';
import type { Usual } from '../observation.ts';
import type { Hit } from './hit.ts';
import type { FindingForm } from './rule.ts';

const mostNames = 100;
const mostEvidence = 5;

/** A finding that may still grow. Plain data. */
interface Open {
  readonly id: string;
  readonly key: string;
  readonly app: string;
  form: FindingForm;
  level: Level;
  status: EngineStatus;
  /** Null once calls of different addresses contributed; the id is '' once those of several APIs behind one did. */
  api: readonly [apiId: string, method: string, template: string] | null;
  clients: string[];
  accounts: string[];
  firstSeen: number;
  lastSeen: number;
  /** Order time of the last hit, µs. */
  time: number;
  /** Hits of correlations are told up to here; and up to here those of a later time, while an earlier one is judged. */
  told: number;
  toldAhead: number;
  count: number;
  measured: Measured | null;
  /** '' for none; absent in what was kept before findings said so. */
  parameter?: string;
  usual: Usual | null;
  first: string[];
  /** Strongest first. */
  strongest: [strength: number, uid: string][];
  last: string[];
  /** Sum and least over hits. */
  completeness: number;
  completenessLeast: number;
  persons: number;
  records: number;
  /** Calls in a row that show a weakness fixed. */
  healthy: number;
  /** Order time of the call that showed it fixed at last, µs; 0: none did. */
  fixedAt: number;
}

/** Why a finding grows. */
export interface Note {
  readonly form: FindingForm;
  /** Values of the form's key fields. */
  readonly by: readonly string[];
  readonly hits: readonly Hit[];
  readonly measured?: Measured;
  readonly usual?: Usual;
}

export interface FindingsSnapshot {
  /** Least recently touched first. */
  readonly open: readonly Open[];
  /** Events of a later time; null while there is none. */
  readonly aside: readonly Open[] | null;
  /** Changed since they were last taken, ended ones included. */
  readonly changed: readonly Finding[];
}

export class Findings {
  /** Let go at the bound. */
  evicted = 0;
  readonly #open = new Map<string, Open>();
  /** Events of a later time; null while there is none. */
  #aside: Open[] | null = null;
  /** By id. */
  readonly #changed = new Map<string, Open | Finding>();
  /** By rule, then by the last value of their keys, which tells most apart: open weaknesses that are not fixed. */
  readonly #ill = new Map<string, Map<string, number>>();
  /** How often it has changed which rules have any. */
  illChanges = 0;

  constructor(
    private readonly mostOpen: number,
    /** What operators know a client to be. */
    private readonly kindsOf: (client: string) => readonly ClientKind[] = () => unknown,
  ) {}

  get length(): number {
    return this.#open.size;
  }

  note({ form, by, hits, measured, usual }: Note): void {
    if (hits.length === 0) return;
    const key = keyOf(form, by);
    const time = hits.at(-1)!.time;
    let open = this.#open.get(key);
    if (open !== undefined) {
      this.#open.delete(key);
      if (form.kind === 'event' && time - open.time > form.cooldown) {
        this.#settle(open);
        open = undefined;
      }
    }
    // Several correlations may bring the same calls into one finding: what is no later than the last one was counted.
    const until = open === undefined || measured === undefined ? -1 : open.told;
    if (open === undefined) {
      open = begin(form, key, hits[0]);
      this.#tally(open, 1);
    }
    this.#open.set(key, open);
    this.#changed.set(open.id, open);
    const latest = until < 0 ? none : [...open.last];
    for (const hit of hits) {
      const isCounted = hit.time < until || (hit.time === until && hit.uids.every((uid) => latest.includes(uid)));
      if (!isCounted) grow(open, hit, measured?.value);
    }
    // Several documents may report one finding: the worst one says what it is, in the words it has now.
    if (levels.indexOf(form.level) >= levels.indexOf(open.level)) {
      open.level = form.level;
      open.form = form;
    }
    // What was seen before it was fixed, and is told later, does not bring it back.
    if (open.status === 'fixed' && time > open.fixedAt) {
      open.status = 'reopened';
      this.#tally(open, 1);
    }
    open.healthy = 0;
    const told = measured ?? hits.at(-1)!.measured;
    if (told !== undefined && (open.measured === null || told.value >= open.measured.value)) {
      open.measured = told;
      open.parameter = hits.at(-1)!.parameter ?? open.parameter ?? '';
      open.usual = usual ?? hits.at(-1)!.usual ?? open.usual;
    }
    while (this.#open.size > this.mostOpen) {
      const [oldestKey, oldest] = this.#open.entries().next().value!;
      this.#settle(oldest);
      this.#open.delete(oldestKey);
      if (oldest.status !== 'fixed') this.#tally(oldest, -1);
      this.evicted++;
    }
  }

  /** An event at `time` shows that the weakness is not there; `quiet`: µs since it was seen last, at least. */
  heal(form: FindingForm, by: readonly string[], need: { count: number; quiet: number }, time: number): void {
    const open = this.#open.get(keyOf(form, by));
    if (open === undefined || open.status === 'fixed' || time < open.time) return;
    open.healthy++;
    if (open.healthy < need.count || time - open.time < need.quiet) return;
    open.status = 'fixed';
    open.fixedAt = time;
    this.#tally(open, -1);
    this.#changed.set(open.id, open);
  }

  /** Whether any weakness of the rule is open: else `heal` has nothing to do. */
  canHeal({ rule }: FindingForm): boolean {
    return this.#ill.has(rule);
  }

  /** Whether one is whose key ends with `last`. */
  canHealAt({ rule }: FindingForm, last: string): boolean {
    return this.#ill.get(rule)?.has(last) === true;
  }

  #tally({ key, form: { kind, rule } }: Open, by: number): void {
    if (kind !== 'weakness') return;
    let keys = this.#ill.get(rule);
    if (keys === undefined) {
      this.#ill.set(rule, (keys = new Map()));
      this.illChanges++;
    }
    const last = lastOfKey(key);
    const count = (keys.get(last) ?? 0) + by;
    if (count > 0) keys.set(last, count);
    else keys.delete(last);
    if (keys.size > 0) return;
    this.#ill.delete(rule);
    this.illChanges++;
  }

  /** Calls of an earlier time follow: its events are others. */
  rewind(): void {
    const events = this.#takeEvents();
    for (const each of this.#open.values()) {
      if (this.#aside === null) each.toldAhead = each.told;
      each.told = -1;
    }
    if (this.#aside === null) this.#aside = events;
    else for (const each of events) this.#settle(each);
  }

  /** Time has come back: the events of the later time go on. */
  resume(): void {
    for (const each of this.#takeEvents()) this.#settle(each);
    for (const each of this.#open.values()) each.told = Math.max(each.told, each.toldAhead);
    for (const each of this.#aside ?? []) this.#open.set(each.key, each);
    this.#aside = null;
  }

  #takeEvents(): Open[] {
    const events = [...this.#open.values()].filter(({ form }) => form.kind === 'event');
    for (const { key } of events) this.#open.delete(key);
    return events;
  }

  /** It will not change any more: keeps its row only while that waits. */
  #settle(open: Open): void {
    if (this.#changed.has(open.id)) this.#changed.set(open.id, this.#publish(open));
  }

  /** Findings that are new or have changed since the last time, by id. */
  changed(): Finding[] {
    const rows = [...this.#changed.values()].map((each) => ('v' in each ? each : this.#publish(each)));
    this.#changed.clear();
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** As it is told. What all its clients do on purpose is informational; of a list that is full nobody knows them all. */
  #publish(open: Open): Finding {
    const { form, clients } = open;
    const isExpected = (client: string) => this.kindsOf(client).some((kind) => form.expectedOf.includes(kind));
    const mayBe =
      form.kind === 'event' && form.expectedOf.length > 0 && clients.length > 0 && clients.length < mostNames;
    return publish(open, mayBe && clients.every(isExpected) ? 'informational' : open.level);
  }

  snapshot(): FindingsSnapshot {
    const changed = [...this.#changed.values()].map((each) => ('v' in each ? each : this.#publish(each)));
    return structuredClone({ open: [...this.#open.values()], aside: this.#aside, changed });
  }

  restore(snapshot: FindingsSnapshot): void {
    this.#open.clear();
    this.#changed.clear();
    const { open, aside, changed } = structuredClone(snapshot);
    this.#aside = aside === null ? null : [...aside];
    this.#ill.clear();
    this.illChanges++;
    for (const each of open) {
      this.#open.set(each.key, each);
      if (each.status !== 'fixed') this.#tally(each, 1);
    }
    const byId = new Map([...open, ...(aside ?? [])].map((each) => [each.id, each]));
    for (const each of changed) this.#changed.set(each.id, byId.get(each.id) ?? each);
  }
}

const none: readonly string[] = Object.freeze([]);
const unknown: readonly never[] = Object.freeze([]);

function keyOf(form: FindingForm, by: readonly string[]): string {
  return JSON.stringify([form.rule, ...by]);
}

/** The rule alone where the key has no values. */
function lastOfKey(key: string): string {
  return (JSON.parse(key) as readonly string[]).at(-1)!;
}

function begin(form: FindingForm, key: string, hit: Hit): Open {
  const identity = form.kind === 'weakness' ? key : `${key}@${hit.begin}`;
  return {
    id: createHash('sha256').update(`apiris-finding ${identity}`).digest('hex').slice(0, 16),
    key,
    app: hit.app,
    form,
    level: form.level,
    status: 'unconfirmed',
    api: hit.apiId === undefined ? null : [hit.apiId, hit.method ?? '', hit.template ?? ''],
    clients: [],
    accounts: [],
    firstSeen: hit.begin,
    lastSeen: hit.end,
    time: hit.time,
    told: -1,
    toldAhead: -1,
    count: 0,
    measured: null,
    parameter: '',
    usual: null,
    first: [],
    strongest: [],
    last: [],
    completeness: 0,
    completenessLeast: 1,
    persons: 0,
    records: 0,
    healthy: 0,
    fixedAt: 0,
  };
}

function grow(open: Open, hit: Hit, measure: number | undefined): void {
  open.count++;
  open.time = Math.max(open.time, hit.time);
  open.told = Math.max(open.told, hit.time);
  open.firstSeen = Math.min(open.firstSeen, hit.begin);
  open.lastSeen = Math.max(open.lastSeen, hit.end);
  if (open.api !== null && open.api[0] !== hit.apiId) {
    const [, method, template] = open.api;
    // Operations behind one address are APIs of their own; the address is still theirs.
    open.api = method === hit.method && template === hit.template ? ['', method, template] : null;
  }
  join(open.clients, hit.clients);
  join(open.accounts, hit.accounts);
  open.completeness += hit.completeness;
  open.completenessLeast = Math.min(open.completenessLeast, hit.completeness);
  open.persons = Math.max(open.persons, hit.persons);
  // A measurement's figure is of its whole window, and grows from one to the next.
  open.records = hit.measured === undefined ? open.records + hit.records : Math.max(open.records, hit.records);
  const strength = Math.max(hit.persons, hit.measured?.value ?? 0) || (measure ?? 0);
  for (const uid of hit.uids) {
    if (open.first.length < mostEvidence) open.first.push(uid);
    if (open.last.push(uid) > mostEvidence) open.last.shift();
  }
  const strongest = hit.uids.at(-1);
  if (strongest === undefined) return;
  const { strongest: list } = open;
  if (list.length === mostEvidence && strength <= list[mostEvidence - 1][0]) return;
  const at = list.findIndex(([other]) => strength > other);
  list.splice(at < 0 ? list.length : at, 0, [strength, strongest]);
  if (list.length > mostEvidence) list.pop();
}

function join(known: string[], more: readonly string[]): void {
  for (const name of more) if (known.length < mostNames && !known.includes(name)) known.push(name);
}

/** A share of octets, without the noise of a long sum. */
function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}

function publish(open: Open, level: Level): Finding {
  const { form, api } = open;
  const clients = [...open.clients].sort();
  const accounts = [...open.accounts].sort();
  const evidence = [...new Set([...open.first, ...open.strongest.map(([, uid]) => uid), ...open.last])];
  return {
    v: findingVersion,
    id: open.id,
    kind: form.kind,
    rule: form.rule,
    title: form.title,
    titleZh: form.titleZh,
    scenarios: form.scenarios,
    dimension: form.dimension,
    level,
    status: open.status,
    app: open.app,
    ...(api === null || api[0] === '' ? {} : { apiId: api[0] }),
    ...(api === null ? {} : { method: api[1], template: api[2] }),
    ...(clients.length === 1 ? { client: clients[0] } : {}),
    clients,
    ...(accounts.length === 1 ? { account: accounts[0] } : {}),
    accounts,
    firstSeen: open.firstSeen,
    lastSeen: open.lastSeen,
    count: open.count,
    ...(open.measured === null ? {} : { measured: open.measured }),
    ...(open.parameter ? { parameter: open.parameter } : {}),
    ...(open.usual === null ? {} : { usual: open.usual }),
    evidence,
    completeness: rounded(open.completeness / open.count),
    completenessLeast: rounded(open.completenessLeast),
    advice: form.advice,
    adviceZh: form.adviceZh,
    owasp: form.owasp,
    clauses: form.clauses,
    impact: { accounts: accounts.length, persons: open.persons, records: open.records, clients: clients.length },
  };
}
