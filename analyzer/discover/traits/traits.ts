/**
 * What kind of API each is: what data it exposes or collects, who calls it and for whom it is, whether it reads or
 * writes, how callers prove who they are, and from that its grade and its security level, each with a reason.
 *
 * Counted at every call; thought of anew where something new was met and at every doubling of calls, so that the same
 * calls give the same history on any machine. Bounds: 200,000 APIs; later ones have no traits (`refused`). The history
 * of a grade or level is its newest `mostProposals` changes.
 */
import { BoundedCache, ownCopy } from '../../bounded-cache.ts';
import type { ApiFormat } from '../../call.ts';
import type { JudgedCall } from '../../judged-call.ts';
import { isPrivate } from '../../private-address.ts';
import { pathWords } from '../path-words.ts';
import { accessOf, authOf } from './access.ts';
import { audienceOf, callerOf, reachOf } from './caller.ts';
import { type Counts, merge, newCounts, restored, type StoredCounts, stored, take } from './counts.ts';
import { dataOf, type Sensitivities } from './data.ts';
import { exposureOf } from './exposure.ts';
import { gradeOf } from './grade.ts';
import { type Described, type Judgement, type Respect, respects } from './judgement.ts';
import { levelOf } from './level.ts';
import { opaqueOf } from './opaque.ts';
import { isPersons } from './origin.ts';

/** A grade or level as it was proposed, and since when. */
export interface Proposal {
  readonly what: 'grade' | 'level';
  readonly value: string;
  readonly reason: string;
  /** Packet time, µs. */
  readonly at: number;
}

export type Traits = Readonly<Record<Respect, Judgement>>;

/** What an API is known by. */
export interface TraitSubject {
  readonly app: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly format: ApiFormat;
}

/** A proposal that differs from the one before. */
export interface Shift extends Proposal {
  readonly before: string;
  /** How long the API had been known, µs, and by how many successes, this one included. */
  readonly known: number;
  readonly calls: number;
}

interface Entry {
  readonly counts: Counts;
  grade: string;
  level: string;
  /** As of the last call. */
  functions: readonly string[];
  /** Packet time of the first success, µs. */
  readonly since: number;
  readonly proposals: Proposal[];
}

type StoredEntry = readonly [
  id: string,
  counts: StoredCounts,
  functions: readonly string[],
  since: number,
  proposals: readonly Proposal[],
];

export interface TraitsSnapshot {
  readonly v: 1;
  /** By id. */
  readonly apis: readonly StoredEntry[];
  readonly refused: number;
}

const mostProposals = 16;

export class TraitMemory {
  readonly #apis = new Map<string, Entry>();
  readonly #inside = new BoundedCache<boolean>(8192);
  /** Asked for last: twice a call. */
  #lastClient: string | null = null;
  #isLastInside = false;
  /** Calls of APIs that found no room. */
  refused = 0;

  constructor(
    private readonly sensitivities: Sensitivities,
    /** Which addresses are the house's own. */
    private readonly isOwn: (address: string) => boolean = isPrivate,
    private readonly most = 200_000,
  ) {}

  isInside(client: string): boolean {
    if (client === this.#lastClient) return this.#isLastInside;
    this.#lastClient = client;
    return (this.#isLastInside = this.#inside.get(client) ?? this.#inside.set(ownCopy(client), this.isOwn(client)));
  }

  /** Takes in a judged call. What its grade and level shifted by, where they did. */
  observe(call: JudgedCall): readonly Shift[] {
    if (call.success !== true || call.method === '' || call.format === 'asset') return none;
    let entry = this.#apis.get(call.apiId);
    if (entry === undefined) {
      if (this.#apis.size >= this.most) {
        this.refused++;
        return none;
      }
      entry = { counts: newCounts(), grade: '', level: '', functions: none, since: call.ts, proposals: [] };
      this.#apis.set(ownCopy(call.apiId), entry);
    }
    const isInside = this.isInside(call.client);
    const family = call.caller.userAgentFamily;
    const isNew = take(entry.counts, call, isInside, isPersons(family));
    return isOther(entry, call.functions) || isNew ? this.#propose(entry, call) : none;
  }

  #propose(entry: Entry, call: JudgedCall): readonly Shift[] {
    const api = described(call, call.functions);
    const data = dataOf(entry.counts);
    const grade = gradeOf(api, entry.counts, data, this.sensitivities);
    const level = levelOf(api, entry.counts, data, this.sensitivities);
    let shifts: Shift[] | null = null;
    for (const [what, { value, reason }] of [['grade', grade] as const, ['level', level] as const]) {
      const before = entry[what];
      if (value === before) continue;
      entry[what] = value;
      const proposal: Proposal = { what, value, reason, at: call.ts };
      entry.proposals.push(proposal);
      if (entry.proposals.length > mostProposals) entry.proposals.shift();
      if (before !== '') {
        const known = Math.max(0, call.ts - entry.since);
        (shifts ??= []).push({ ...proposal, before, known, calls: entry.counts.successes });
      }
    }
    return shifts ?? none;
  }

  /** What is thought of an API, of all that turned out to be it; null of one that has not succeeded. */
  of(ids: Iterable<string>, subject: TraitSubject, functions: readonly string[]): Traits | null {
    const parts = this.#entriesOf(ids);
    const [first] = parts;
    if (first === undefined) return null;
    const counts = parts.length === 1 ? first.counts : merged(parts);
    const proposals = parts.length === 1 ? first.proposals : none;
    const api = described(subject, functions);
    const data = dataOf(counts);
    const caller = callerOf(api, counts);
    const reach = reachOf(counts);
    return {
      exposure: exposureOf(api, counts, data, this.sensitivities),
      caller,
      audience: audienceOf(api, counts, caller.value, reach.value),
      access: accessOf(api),
      auth: authOf(counts),
      reach,
      opaque: opaqueOf(counts),
      grade: asProposed(gradeOf(api, counts, data, this.sensitivities), proposals, 'grade'),
      level: asProposed(levelOf(api, counts, data, this.sensitivities), proposals, 'level'),
    };
  }

  /** How grade and level came to be, oldest first. */
  proposalsOf(ids: Iterable<string>): readonly Proposal[] {
    const parts = this.#entriesOf(ids);
    if (parts.length < 2) return parts[0]?.proposals ?? none;
    const all = parts.flatMap(({ proposals }) => proposals).sort((a, b) => a.at - b.at);
    const last = new Map<string, string>();
    const changes = all.filter(({ what, value }) => {
      const isChange = last.get(what) !== value;
      last.set(what, value);
      return isChange;
    });
    return changes.slice(-mostProposals);
  }

  #entriesOf(ids: Iterable<string>): Entry[] {
    return [...ids].flatMap((id) => this.#apis.get(id) ?? []);
  }

  snapshot(): TraitsSnapshot {
    const apis = [...this.#apis]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { counts, functions, since, proposals }]): StoredEntry => {
        return [id, stored(counts), functions, since, [...proposals]];
      });
    return { v: 1, apis, refused: this.refused };
  }

  /** Replaces all state. APIs beyond the bound are not taken in. */
  restore(snapshot: TraitsSnapshot): void {
    this.#apis.clear();
    for (const [id, counts, functions, since, proposals] of snapshot.apis.slice(0, this.most)) {
      const last = (what: 'grade' | 'level') => proposals.findLast((each) => each.what === what)?.value ?? '';
      const grade = last('grade');
      const level = last('level');
      this.#apis.set(id, { counts: restored(counts), grade, level, functions, since, proposals: [...proposals] });
    }
    this.refused = snapshot.refused;
  }
}

function merged(parts: readonly Entry[]): Counts {
  const counts = newCounts();
  for (const part of parts) merge(counts, part.counts);
  return counts;
}

const none: readonly never[] = Object.freeze([]);

/** Whether the functions are others than at the call before; then they are remembered. */
function isOther(entry: Entry, functions: readonly string[]): boolean {
  if (entry.functions === functions) return false;
  const isSame =
    entry.functions.length === functions.length && functions.every((name, i) => entry.functions[i] === name);
  entry.functions = functions;
  return !isSame;
}

/** Between two proposals the last one holds, and with it its reason. */
function asProposed(now: Judgement, proposals: readonly Proposal[], what: Proposal['what']): Judgement {
  const last = proposals.findLast((each) => each.what === what);
  return last === undefined || last.value === now.value ? now : { ...now, value: last.value, reason: last.reason };
}

function described(
  { app, method, template, operation, format }: TraitSubject,
  functions: readonly string[],
): Described {
  return { app, method, format, functions, words: pathWords(template, operation) };
}

/** Traits as rows have them, in the order they are shown. */
export function judgements(traits: Traits): { name: Respect; value: string; reason: string; confidence: number }[] {
  return respects.map((name) => ({ name, ...traits[name] }));
}
