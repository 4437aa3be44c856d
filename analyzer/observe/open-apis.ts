/**
 * APIs that gave somebody's data to callers without a credential, three times: whoever presents one there shows nothing
 * by being answered. That they are open at all is told of by itself. Bound: 5,000 APIs.
 */
import { Recent, type RecentSnapshot } from './recent.ts';

export interface OpenCall {
  readonly apiId: string;
  readonly success: boolean | null;
  readonly credentialPresent: boolean;
  /** Highest level of the clear labels of the response, 0…4. */
  readonly responseLevel: number;
  readonly caller: { readonly login: object | null };
}

export type OpenApisSnapshot = RecentSnapshot<{ readonly times: number }>;

const leastTimes = 3;
/** JR/T 0158 level of data that is somebody's. */
export const leastLevel = 2;

export class OpenApis {
  readonly #apis = new Recent<{ times: number }>(5_000);

  get evicted(): number {
    return this.#apis.evicted;
  }

  take({ apiId, success, credentialPresent, responseLevel, caller }: OpenCall): void {
    if (credentialPresent || success !== true || responseLevel < leastLevel || caller.login !== null) return;
    const state = this.#apis.touch(apiId, none);
    if (state.times < leastTimes) state.times++;
  }

  readonly isOpen = (apiId: string): boolean => (this.#apis.peek(apiId)?.times ?? 0) >= leastTimes;

  snapshot(): OpenApisSnapshot {
    return this.#apis.snapshot((state) => ({ ...state }));
  }

  restore(snapshot: OpenApisSnapshot): void {
    this.#apis.restore(snapshot, (state) => ({ ...state }));
  }
}

function none(): { times: number } {
  return { times: 0 };
}
