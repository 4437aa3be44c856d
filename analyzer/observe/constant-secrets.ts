/**
 * Secrets of a program that many hold: an `appSecret`, a `signKey` or the like that twenty clients send alike within a week,
 * or one user and password by Basic (RFC 7617) that ten addresses send within a day. It was built into what all of them run,
 * so whoever takes that apart has it. A key's name without a secret (`appKey`) says who asks and may be the same for all.
 * Value: clients, told once a week for each application and field.
 *
 * Bound: 20,000 secrets with 20 clients each.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

interface Carried {
  readonly kind: string;
  readonly place: string;
  readonly name: string;
  readonly hash: string;
}

export interface CarryingCall extends ShownCall {
  readonly caller: { readonly credentials: readonly Carried[] };
}

interface Secret {
  clients: string[];
  uids: string[];
  begin: number;
  told: number;
}

export type ConstantSecretsSnapshot = RecentSnapshot<Secret>;

const day = 86_400e6;
const week = 7 * day;
const fields = { least: 20, span: week };
const basic = { least: 10, span: day };
const mostUids = 8;
const isSecret = /secret|private|sign[_-]?key|signing/i;

export class ConstantSecrets {
  readonly #secrets = new Recent<Secret>(20_000);
  /** By name of the field: few are ever used. Derived, so no part of a snapshot. */
  readonly #names = new Map<string, boolean>();

  get evicted(): number {
    return this.#secrets.evicted;
  }

  /** A call that was answered as asked. */
  take(call: CarryingCall): Observation | undefined {
    let found: Observation | undefined;
    for (const credential of call.caller.credentials) {
      const { kind } = credential;
      if (kind === 'basic') found ??= this.#count(call, credential, basic);
      else if (kind === 'api-key' && this.#isSecret(credential.name)) found ??= this.#count(call, credential, fields);
    }
    return found;
  }

  #count(call: CarryingCall, { place, name, hash }: Carried, { least, span }: typeof fields): Observation | undefined {
    const { app, client, completedTs: time, uid } = call;
    const state = this.#secrets.touch(`${app}\n${hash}`, newSecret);
    if (state.told !== 0 && time - state.told < week) return undefined;
    if (state.begin === 0 || state.told !== 0 || time - state.begin > span) {
      Object.assign(state, newSecret(), { begin: time });
    }
    if (!state.clients.includes(client)) {
      state.clients.push(client);
      if (state.uids.length < mostUids) state.uids.push(uid);
    }
    if (state.clients.length < least) return undefined;
    state.told = time;
    const { begin, clients, uids: samples } = state;
    state.clients = [];
    const seen = { begin, value: clients.length, samples, parameter: `${place}.${name}` };
    return { ...observed(call, 'constant-secret', { kind: 'app', id: app }, seen), clients: clients.sort() };
  }

  #isSecret(name: string): boolean {
    let is = this.#names.get(name);
    if (is === undefined) {
      is = isSecret.test(name);
      if (this.#names.size < 1_000) this.#names.set(name, is);
    }
    return is;
  }

  snapshot(): ConstantSecretsSnapshot {
    return this.#secrets.snapshot(copy);
  }

  restore(snapshot: ConstantSecretsSnapshot): void {
    this.#secrets.restore(snapshot, copy);
  }
}

function newSecret(): Secret {
  return { clients: [], uids: [], begin: 0, told: 0 };
}

function copy(state: Secret): Secret {
  return { ...state, clients: [...state.clients], uids: [...state.uids] };
}
