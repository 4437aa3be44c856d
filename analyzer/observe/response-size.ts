/**
 * Persons of one answer beside what the API's answers tell of else. Value: persons, from 100 on. `usual`: of the last
 * 200 answers that told of anybody, without those that were told of. Bounds: 20,000 APIs.
 */
import { isComplete, type Learnt } from '../learnt.ts';
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface Answer extends MeasuredApiCall {
  readonly subject: Subject;
  readonly account: string | undefined;
  readonly persons: number;
  readonly records: number;
}

interface State {
  /** A ring. */
  sizes: number[];
  next: number;
  /** When it was met first, µs. */
  readonly since: number;
}

export interface ResponseSizeSnapshot {
  readonly apis: RecentSnapshot<State>;
}

const mostSizes = 200;
const leastPersons = 100;
const leastKnown = 30;
const farBeyond = 5;

export class ResponseSize {
  readonly #apis = new Recent<State>(20_000);

  constructor(private readonly isFrozen: IsFrozen = neverFrozen) {}

  get evicted(): number {
    return this.#apis.evicted;
  }

  /** An observation of an answer with a hundred persons or more, and five times what is usual; else undefined. */
  take(answer: Answer): Observation | undefined {
    const { persons, time, account } = answer;
    const state = this.#apis.touch(answer.apiId, () => newState(time));
    const { sizes } = state;
    if (persons >= leastPersons && sizes.length >= leastKnown) {
      const rank = ranksOf(sizes);
      const p99 = rank(0.99);
      if (persons >= farBeyond * Math.max(1, p99)) {
        return {
          v: observationVersion,
          measure: 'response-size',
          subject: answer.subject,
          ...{ app: answer.app, apiId: answer.apiId, method: answer.method, template: answer.template },
          begin: time,
          end: time,
          window: 0,
          value: persons,
          numbers: { persons, records: answer.records },
          usual: { median: rank(0.5), p95: p99, n: sizes.length },
          samples: [answer.uid],
          clients: [answer.client],
          accounts: account === undefined ? [] : [account],
          completeness: answer.completeness,
        };
      }
    }
    if (this.isFrozen('api', answer.apiId)) return undefined;
    sizes[state.next] = persons;
    state.next = (state.next + 1) % mostSizes;
    return undefined;
  }

  forget(isForgotten: IsForgotten): void {
    this.#apis.forget((id) => isForgotten('api', id));
  }

  /** What is known of every API. Findings take twice as many persons at least as measuring does. */
  *learnt(): Iterable<Learnt> {
    for (const [id, { sizes, next, since }] of this.#apis.entries()) {
      const lessons = [{ what: 'answers' as const, has: sizes.length, needs: leastKnown }];
      const rank = ranksOf(sizes);
      yield {
        ...{ measure: 'response-size', quantity: 'persons', app: '', id, window: 0, since, lessons },
        isLearnt: isComplete(lessons),
        ...(sizes.length === 0 ? {} : { median: rank(0.5), highShare: 0.99, high: rank(0.99) }),
        threshold: Math.max(2 * leastPersons, farBeyond * Math.max(1, rank(0.99))) - 1,
        last: sizes[(next + mostSizes - 1) % mostSizes] ?? 0,
      };
    }
  }

  snapshot(): ResponseSizeSnapshot {
    return { apis: this.#apis.snapshot(copy) };
  }

  restore({ apis }: ResponseSizeSnapshot): void {
    this.#apis.restore(apis, copy);
  }
}

function newState(since: number): State {
  return { sizes: [], next: 0, since };
}

function ranksOf(sizes: readonly number[]): (share: number) => number {
  const sorted = [...sizes].sort((a, b) => a - b);
  return (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function copy({ sizes, next, since }: State): State {
  return { sizes: [...sizes], next, since };
}
