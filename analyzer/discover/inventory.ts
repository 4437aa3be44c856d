/**
 * The APIs that are known, from calls judged in order.
 *
 * Only success makes an API: HTTP 200–399, or 101 (a protocol switch that was granted), unless whoever knows better says
 * that the reply meant failure. What never succeeded is a candidate. Failures (400 and above, and those) count on what
 * exists; an exchange without a response counts as neither, and one whose request was not seen names no endpoint.
 *
 * Bounds: candidates live in a pool of `maxCandidates`; the one heard of longest ago leaves first (`evicted`), so a
 * flood of 404s costs a fixed amount. At `maxApis` no more are taken in (`refused`): what is known stays.
 */
import type { ApiCall, ApiFormat } from '../call.ts';
import {
  beginLife,
  joinLives,
  type Lifecycle,
  type LifecyclePeriods,
  type LifecycleState,
  liveOn,
  stateAt,
  type Transition,
  transitionsUntil,
  usualPeriods,
} from './lifecycle.ts';

export type ApiState = 'candidate' | 'provisional' | 'confirmed';

/** Plain and JSON-safe. Times are packet times, integer µs since 1970, of the first byte of an exchange. */
export interface ApiEntry {
  /** `apiIdOf` of the four that follow. */
  readonly id: string;
  readonly app: string;
  readonly method: string;
  /** As the first successful call spelt its parameters (the first of all, while a candidate). */
  readonly template: string;
  readonly operation: string;
  /** Best evidence seen, in the order of `formatRank`; of successful calls once there is one. */
  readonly format: ApiFormat;
  readonly templateReason: string;
  readonly formatReason: string;
  readonly state: ApiState;
  readonly successes: number;
  readonly failures: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Null while a candidate. Which state it means depends on the newest packet time: `Inventory.lifecycleAt`. */
  readonly life: Readonly<Lifecycle> | null;
}

/** Inside, an entry also remembers what confirmation needs: distinct clients (at most 3) and the day of first success. */
interface Entry {
  id: string;
  app: string;
  method: string;
  template: string;
  operation: string;
  format: ApiFormat;
  templateReason: string;
  formatReason: string;
  state: ApiState;
  successes: number;
  failures: number;
  firstSeen: number;
  lastSeen: number;
  life: Lifecycle | null;
  clients: string[];
  /** Days since 1970 in the configured zone; -1 before the first success. */
  day: number;
}

/** APIs that have become one. */
export interface MergedApis {
  readonly id: string;
  readonly template: string;
  readonly operation: string;
  readonly reason: string;
  readonly from: readonly string[];
}

export interface InventoryOptions {
  readonly maxApis?: number;
  readonly maxCandidates?: number;
  /** Offset of the zone whose midnights part the days, µs east of UTC; Asia/Shanghai when absent. */
  readonly zoneOffsetUs?: number;
  /** When an API is new, inactive or revived; `usualPeriods` when absent. */
  readonly periods?: LifecyclePeriods;
}

export interface InventorySnapshot {
  readonly v: 1;
  readonly apis: readonly unknown[];
  /** In the order of the pool: heard of longest ago first. */
  readonly candidates: readonly unknown[];
  /** Ids of APIs that changed and were not asked for yet, sorted. */
  readonly changed: readonly string[];
  /** Entries that became part of others and were not asked for yet. */
  readonly joined?: readonly unknown[];
  readonly evicted: number;
  readonly refused: number;
}

const confirmingSuccesses = 20;
const confirmingClients = 3;
const dayUs = 86_400_000_000;
const shanghaiUs = 8 * 3_600_000_000;

/**
 * Precedence, not majority: a protocol's mark in one successful call outweighs many calls that lacked it (a body cut
 * before it, an empty answer), and it needs no counters.
 */
const formatRank: Readonly<Record<ApiFormat, number>> = {
  gRPC: 8,
  SOAP: 7,
  GraphQL: 6,
  'JSON-RPC': 5,
  REST: 4,
  form: 3,
  web: 2,
  asset: 1,
  unknown: 0,
};

export class Inventory {
  readonly #maxApis: number;
  readonly #maxCandidates: number;
  readonly #zoneOffsetUs: number;
  readonly #periods: LifecyclePeriods;
  readonly #apis = new Map<string, Entry>();
  /** In the order of last use: a touched candidate is put at the end. */
  readonly #candidates = new Map<string, Entry>();
  #changed = new Set<string>();
  /** APIs that became part of others since they were asked for: each is told once more, whether it was told before or not. */
  #joined: Entry[] = [];
  /** Candidates that left the pool for want of room. */
  evicted = 0;
  /** Successful calls of APIs that found the inventory full. */
  refused = 0;

  constructor(options: InventoryOptions = {}) {
    this.#maxApis = options.maxApis ?? 200_000;
    this.#maxCandidates = options.maxCandidates ?? 10_000;
    this.#zoneOffsetUs = options.zoneOffsetUs ?? shanghaiUs;
    this.#periods = options.periods ?? usualPeriods;
  }

  get size(): number {
    return this.#apis.size;
  }

  /**
   * `success`: whether the server did what was asked, as far as the response shows; null when none was seen. `id`: of the
   * API that the call's provisional one belongs to.
   */
  observe(call: ApiCall, success: boolean | null = isSuccess(call.status), id: string = call.apiId): void {
    if (call.method === '') return;
    const entry = this.#apis.get(id) ?? (success === true ? this.#accept(call) : this.#candidate(call));
    if (entry === null) {
      this.refused++;
      return;
    }
    this.#count(entry, call, success === true);
    if (entry.state !== 'candidate') this.#changed.add(entry.id);
  }

  /** The API that a first success makes, of its candidate if there is one; null when the inventory is full. */
  #accept(call: ApiCall): Entry | null {
    if (this.#apis.size >= this.#maxApis) return null;
    const entry = this.#candidates.get(call.apiId) ?? newEntry(call);
    this.#candidates.delete(entry.id);
    this.#apis.set(entry.id, entry);
    return entry;
  }

  /** The candidate this call belongs to, touched; a new one may push out the oldest. */
  #candidate(call: ApiCall): Entry {
    const known = this.#candidates.get(call.apiId);
    const entry = known ?? newEntry(call);
    if (known !== undefined) {
      this.#candidates.delete(entry.id);
    } else if (this.#candidates.size >= this.#maxCandidates) {
      for (const oldest of this.#candidates.keys()) {
        this.#candidates.delete(oldest);
        this.evicted++;
        break;
      }
    }
    this.#candidates.set(entry.id, entry);
    return entry;
  }

  /** APIs that were found to be one are one from here on. */
  merge({ id, template, operation, reason, from }: MergedApis): void {
    let whole = this.#apis.get(id);
    for (const part of from) {
      const entry = this.#apis.get(part) ?? this.#candidates.get(part);
      if (entry === undefined) continue;
      this.#apis.delete(part);
      this.#candidates.delete(part);
      this.#changed.delete(part);
      if (entry.successes === 0) continue;
      this.#joined.push(copy(entry));
      if (this.#apis.size >= this.#maxApis) continue;
      if (whole === undefined) whole = { ...copy(entry), id };
      else takeIn(whole, entry);
      this.#apis.set(id, whole);
    }
    if (whole === undefined) return;
    whole.template = template;
    whole.operation = operation;
    whole.templateReason = reason;
    if (whole.successes >= confirmingSuccesses || whole.clients.length >= confirmingClients) whole.state = 'confirmed';
    this.#changed.add(id);
  }

  /** A part that people separated lives on by itself; how many of the calls were its own is for the log to tell. */
  separate({ id, template, whole }: { readonly id: string; readonly template: string; readonly whole: string }): void {
    const from = this.#apis.get(whole);
    if (from === undefined || this.#apis.has(id) || this.#apis.size >= this.#maxApis) return;
    this.#apis.set(id, { ...copy(from), id, template, templateReason: 'person', successes: 1, failures: 0 });
    this.#changed.add(id);
  }

  #count(entry: Entry, call: ApiCall, success: boolean): void {
    if (call.ts < entry.firstSeen) entry.firstSeen = call.ts;
    if (call.ts > entry.lastSeen) entry.lastSeen = call.ts;
    if (!success) {
      if (call.status >= 400 || isSuccess(call.status)) entry.failures++;
      if (entry.successes === 0) takeFormat(entry, call);
      return;
    }
    if (entry.successes === 0) {
      entry.template = call.template;
      entry.templateReason = call.templateReason;
      entry.format = call.format;
      entry.formatReason = call.formatReason;
    } else {
      takeFormat(entry, call);
    }
    entry.successes++;
    if (entry.life === null) entry.life = beginLife(call.ts);
    else liveOn(entry.life, call.ts, this.#periods);
    if (entry.state !== 'confirmed') this.#confirm(entry, call);
  }

  #confirm(entry: Entry, call: ApiCall): void {
    const day = Math.floor((call.ts + this.#zoneOffsetUs) / dayUs);
    if (entry.day < 0) entry.day = day;
    if (!entry.clients.includes(call.client)) entry.clients.push(call.client);
    const confirmed =
      entry.successes >= confirmingSuccesses || entry.clients.length >= confirmingClients || day !== entry.day;
    entry.state = confirmed ? 'confirmed' : 'provisional';
    if (confirmed) entry.clients = [];
  }

  /** APIs that changed since the last call, by id. Candidates are not among them: a scan must not fill the store. */
  changed(): ApiEntry[] {
    const ids = [...this.#changed].sort();
    const joined = this.#joined;
    this.#changed = new Set();
    this.#joined = [];
    return [...joined, ...ids.map((id) => this.#apis.get(id)!)].map(shown).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: string): ApiEntry | undefined {
    const entry = this.#apis.get(id) ?? this.#candidates.get(id);
    return entry === undefined ? undefined : shown(entry);
  }

  /**
   * Where an API is in its life, and how it came there; null for a candidate and what is not known. `now`: the newest
   * packet time there is, µs.
   */
  lifecycleAt(id: string, now: number): { state: LifecycleState; transitions: Transition[] } | null {
    const life = this.#apis.get(id)?.life ?? null;
    if (life === null) return null;
    const periods = this.#periods;
    return { state: stateAt(life, now, periods), transitions: transitionsUntil(life, now, periods) };
  }

  /** All APIs, by id. */
  entries(): ApiEntry[] {
    return sorted(this.#apis).map(shown);
  }

  /** What never succeeded, by id. */
  candidates(): ApiEntry[] {
    return sorted(this.#candidates).map(shown);
  }

  snapshot(): InventorySnapshot {
    return {
      v: 1,
      apis: sorted(this.#apis).map(copy),
      candidates: [...this.#candidates.values()].map(copy),
      changed: [...this.#changed].sort(),
      joined: this.#joined.map(copy),
      evicted: this.evicted,
      refused: this.refused,
    };
  }

  /** Replaces all state. Entries beyond this inventory's own bounds are not taken in. */
  restore(snapshot: InventorySnapshot): void {
    if (snapshot.v !== 1) {
      throw new Error(`The inventory's snapshot has version ${String(snapshot.v)}, this program reads version 1.`);
    }
    this.#apis.clear();
    this.#candidates.clear();
    for (const entry of (snapshot.apis as readonly Entry[]).slice(0, this.#maxApis))
      this.#apis.set(entry.id, copy(entry));
    const first = Math.max(0, snapshot.candidates.length - this.#maxCandidates);
    for (const entry of (snapshot.candidates as readonly Entry[]).slice(first))
      this.#candidates.set(entry.id, copy(entry));
    this.#changed = new Set(snapshot.changed.filter((id) => this.#apis.has(id)));
    this.#joined = ((snapshot.joined ?? []) as readonly Entry[]).map(copy);
    this.evicted = snapshot.evicted + first;
    this.refused = snapshot.refused;
  }
}

/** HTTP 200–399, or 101. Redirects to a login page count too: telling them apart needs bodies and sessions. */
export function isSuccess(status: number): boolean {
  return (status >= 200 && status < 400) || status === 101;
}

function takeFormat(entry: Entry, call: ApiCall): void {
  if (formatRank[call.format] <= formatRank[entry.format]) return;
  entry.format = call.format;
  entry.formatReason = call.formatReason;
}

function takeIn(whole: Entry, part: Entry): void {
  whole.successes += part.successes;
  whole.failures += part.failures;
  whole.firstSeen = Math.min(whole.firstSeen, part.firstSeen);
  whole.lastSeen = Math.max(whole.lastSeen, part.lastSeen);
  if (whole.life === null) whole.life = lifeOf(part);
  else if (part.life !== null) whole.life = joinLives(whole.life, part.life);
  if (formatRank[part.format] > formatRank[whole.format]) {
    whole.format = part.format;
    whole.formatReason = part.formatReason;
  }
  // Two days of success confirm, whichever part had them.
  if (part.state === 'confirmed' || part.day !== whole.day) whole.state = 'confirmed';
  for (const client of part.clients) if (!whole.clients.includes(client)) whole.clients.push(client);
}

function newEntry(call: ApiCall): Entry {
  return {
    id: call.apiId,
    app: call.app,
    method: call.method,
    template: call.template,
    operation: call.operation,
    format: call.format,
    templateReason: call.templateReason,
    formatReason: call.formatReason,
    state: 'candidate',
    successes: 0,
    failures: 0,
    firstSeen: call.ts,
    lastSeen: call.ts,
    life: null,
    clients: [],
    day: -1,
  };
}

function sorted(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function copy(entry: Entry): Entry {
  return { ...entry, life: lifeOf(entry), clients: [...entry.clients] };
}

/** A copy; of an entry that was stored without one, as if every call had succeeded. */
function lifeOf({ life, successes, firstSeen, lastSeen }: Omit<Entry, 'clients' | 'day'>): Lifecycle | null {
  if (life != null) return { ...life };
  return successes > 0 ? { first: firstSeen, last: lastSeen, revivals: [] } : null;
}

function shown({ clients: _clients, day: _day, ...entry }: Entry): ApiEntry {
  return { ...entry, life: lifeOf(entry) };
}
