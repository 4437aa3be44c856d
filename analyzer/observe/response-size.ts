/**
 * Persons of one answer beside what the API's answers tell of else. Value: persons, from 100 on. `usual`: of the last
 * 200 answers that told of anybody, without those that were told of. Bounds: 20,000 APIs.
 */
import { type Observation, observationVersion, type Subject } from '../observation.ts';
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

  get evicted(): number {
    return this.#apis.evicted;
  }

  /** An observation of an answer with a hundred persons or more, and five times what is usual; else undefined. */
  take(answer: Answer): Observation | undefined {
    const { persons, time, account } = answer;
    const state = this.#apis.touch(answer.apiId, newState);
    const { sizes } = state;
    if (persons >= leastPersons && sizes.length >= leastKnown) {
      const sorted = [...sizes].sort((a, b) => a - b);
      const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
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
          usual: { median: rank(0.5), p95: p99, n: sorted.length },
          samples: [answer.uid],
          clients: [answer.client],
          accounts: account === undefined ? [] : [account],
          completeness: answer.completeness,
        };
      }
    }
    sizes[state.next] = persons;
    state.next = (state.next + 1) % mostSizes;
    return undefined;
  }

  snapshot(): ResponseSizeSnapshot {
    return { apis: this.#apis.snapshot(copy) };
  }

  restore({ apis }: ResponseSizeSnapshot): void {
    this.#apis.restore(apis, copy);
  }
}

function newState(): State {
  return { sizes: [], next: 0 };
}

function copy({ sizes, next }: State): State {
  return { sizes: [...sizes], next };
}
