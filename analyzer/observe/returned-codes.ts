/**
 * Whether who asks for a code is told it by the answer: an answer of an API that sends codes or draws them held what the
 * same client showed as its code within ten minutes. Whatever the field was called, it was the code. Value: codes that came
 * back so, from three on where they are a quarter of those that were shown after an answer of it (`numbers.shown`): some hit
 * by chance. Told once a week for each API.
 *
 * Bounds: 20,000 clients with 4 answers of 16 values, 2,000 APIs.
 */
import { BoundedCache } from '../bounded-cache.ts';
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface CodeCall extends ShownCall {
  readonly given: { readonly objectIds: readonly number[] };
  readonly caller: { readonly code: number };
}

/** What one answer held. */
interface Given {
  readonly time: number;
  readonly uid: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly values: readonly number[];
}

interface Returned {
  /** Codes shown after an answer of the API, and how many of them it had held. */
  shown: number;
  count: number;
  begin: number;
  told: number;
  uids: string[];
}

export interface ReturnedCodesSnapshot {
  readonly clients: RecentSnapshot<readonly Given[]>;
  readonly apis: RecentSnapshot<Returned>;
}

const near = 10 * 60e6;
const week = 7 * 86_400e6;
const leastCodes = 3;
const mostAnswers = 4;
/** An answer that says a code says little else. */
const mostValues = 16;
const mostUids = 8;

export class ReturnedCodes {
  readonly #clients = new Recent<Given[]>(20_000);
  readonly #apis = new Recent<Returned>(2_000);
  /** Derived, so no part of a snapshot. */
  readonly #paths = new BoundedCache<boolean>(4_096);

  /** Whether what answers at a path may have made a code. */
  constructor(private readonly mayGiveCodes: (path: string) => boolean) {}

  get evicted(): number {
    return this.#clients.evicted + this.#apis.evicted;
  }

  /** An answer that gave values out. */
  give({ app, client, completedTs: time, uid, apiId, method, template, given, caller }: CodeCall): void {
    if (given.objectIds.length > mostValues || !this.#givesCodes(template)) return;
    // A code that is only repeated was known.
    const values = caller.code === 0 ? given.objectIds : given.objectIds.filter((id) => id !== caller.code);
    const answers = this.#clients.touch(`${app}\n${client}`, noAnswers);
    if (answers.length >= mostAnswers) answers.shift();
    answers.push({ time, uid, apiId, method, template, values });
  }

  /** A request showed a code. */
  show(call: CodeCall, code: number): Observation | undefined {
    const answers = this.#clients.peek(`${call.app}\n${call.client}`);
    if (answers === undefined) return undefined;
    let found: Given | undefined;
    for (let i = answers.length - 1; i >= 0 && found === undefined; i--) {
      const each = answers[i]!;
      if (call.completedTs - each.time <= near && each.values.includes(code)) found = each;
    }
    // What was told back is taken away: nothing may be left.
    const from = found ?? answers.at(-1);
    if (from === undefined || call.completedTs - from.time > near) return undefined;
    const state = this.#apis.touch(from.apiId, newReturned);
    state.shown++;
    if (found === undefined) return undefined;
    if (state.begin === 0) state.begin = found.time;
    state.count++;
    for (const uid of [found.uid, call.uid]) if (state.uids.length < mostUids) state.uids.push(uid);
    // It is known now: whoever shows it again is not told it again.
    answers.splice(answers.indexOf(found), 1);
    if (state.count < leastCodes || state.count * 4 < state.shown) return undefined;
    if (state.told !== 0 && call.completedTs - state.told < week) return undefined;
    const { apiId, method, template } = found;
    const { begin, count, shown, uids } = state;
    Object.assign(state, newReturned(), { told: call.completedTs });
    return observed(
      { ...call, apiId, method, template },
      'returned-code',
      { kind: 'api', id: apiId },
      { begin, value: count, numbers: { shown }, samples: uids },
    );
  }

  #givesCodes(template: string): boolean {
    return this.#paths.get(template) ?? this.#paths.set(template, this.mayGiveCodes(template));
  }

  snapshot(): ReturnedCodesSnapshot {
    return {
      clients: this.#clients.snapshot((answers) => answers.map((each) => ({ ...each }))),
      apis: this.#apis.snapshot(copy),
    };
  }

  restore({ clients, apis }: ReturnedCodesSnapshot): void {
    this.#clients.restore(clients, (answers) => answers.map((each) => ({ ...each })));
    this.#apis.restore(apis, copy);
  }
}

function noAnswers(): Given[] {
  return [];
}

function newReturned(): Returned {
  return { shown: 0, count: 0, begin: 0, told: 0, uids: [] };
}

function copy(state: Returned): Returned {
  return { ...state, uids: [...state.uids] };
}
