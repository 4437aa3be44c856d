/**
 * Whether a signature covers what it is sent with: three requests of one API that differ and carry the same one, each
 * taken, show that it does not. Value: different contents, told once a week for each API.
 *
 * Bounds: 20,000 signatures, 2,000 APIs.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface SignedCall extends ShownCall {
  /** 53 bits. */
  readonly signature: number;
  /** Of target and content. */
  readonly requestHash: string;
}

interface Signature {
  contents: string[];
  uids: string[];
  begin: number;
}

export interface SignedContentSnapshot {
  readonly signatures: RecentSnapshot<Signature>;
  readonly apis: RecentSnapshot<{ told: number }>;
}

const leastContents = 3;
const week = 7 * 86_400e6;

export class SignedContent {
  readonly #signatures = new Recent<Signature>(20_000);
  readonly #apis = new Recent<{ told: number }>(2_000);

  get evicted(): number {
    return this.#signatures.evicted + this.#apis.evicted;
  }

  /** Of a call that succeeded, and is signed. */
  take(call: SignedCall): Observation | undefined {
    const { apiId, signature, requestHash, completedTs: time, uid } = call;
    const state = this.#signatures.touch(`${apiId}\n${signature.toString(36)}`, newSignature);
    const { contents, uids } = state;
    if (contents.length === 0) state.begin = time;
    if (contents.length >= leastContents || contents.includes(requestHash)) return undefined;
    contents.push(requestHash);
    uids.push(uid);
    if (contents.length < leastContents) return undefined;
    const api = this.#apis.touch(apiId, newApi);
    if (api.told !== 0 && time - api.told < week) return undefined;
    api.told = time;
    const gathered = { begin: state.begin, value: contents.length, samples: uids };
    return observed(call, 'signed-content', { kind: 'api', id: apiId }, gathered);
  }

  snapshot(): SignedContentSnapshot {
    return { signatures: this.#signatures.snapshot(copy), apis: this.#apis.snapshot((api) => ({ ...api })) };
  }

  restore({ signatures, apis }: SignedContentSnapshot): void {
    this.#signatures.restore(signatures, copy);
    this.#apis.restore(apis, (api) => ({ ...api }));
  }
}

function newSignature(): Signature {
  return { contents: [], uids: [], begin: 0 };
}

function newApi(): { told: number } {
  return { told: 0 };
}

function copy({ contents, uids, begin }: Signature): Signature {
  return { contents: [...contents], uids: [...uids], begin };
}
