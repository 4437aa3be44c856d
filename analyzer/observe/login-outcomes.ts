/**
 * Login outcomes of a client over 15 minutes. Value: accounts tried. `numbers`: `attempts`, `failed` (share),
 * `triesMost` (of one account), `few` (share of accounts tried at most twice), `passwords` (distinct, where they can
 * be told apart), `samePassword` (accounts tried with the commonest password), `succeeded` (accounts).
 *
 * What goes on after an observation is told again three minutes later, or at the end.
 *
 * Bounds: the newest 512 attempts of a client; 20,000 clients and 100,000 attempts of all (recent.ts says what goes first).
 */
import { type Observation, observationVersion } from '../observation.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { include, Recent, type RecentSnapshot } from './recent.ts';
import { Unsettled, type UnsettledSnapshot } from './unsettled.ts';

export interface LoginAttempt extends MeasuredApiCall {
  /** The account that was tried; attempts without one are not counted. */
  readonly account: string;
  readonly success: boolean;
  /** Keyed hash of the password as sent; absent when not seen. */
  readonly passwordHash?: string | undefined;
}

interface Client {
  attempts: LoginAttempt[];
  /** Attempts so far, those that have gone included. */
  total: number;
  /** The total from which on the next observation is due. */
  due: number;
}

export interface LoginOutcomesSnapshot {
  readonly clients: RecentSnapshot<Client>;
  readonly unsettled: UnsettledSnapshot<string, null>;
}

const window = 900e6;
const settleAfter = 180e6;
const mostOfAll = 100_000;
const mostAttempts = 512;
const leastAttempts = 15;
const mostSamples = 8;

export class LoginOutcomes {
  readonly #clients: Recent<Client>;
  readonly #unsettled = new Unsettled<string, null>();

  constructor(mostClients = 20_000, mostAttemptsOfAll = mostOfAll) {
    this.#clients = new Recent<Client>(mostClients, mostAttemptsOfAll, ({ attempts }) => attempts.length);
  }

  get evicted(): number {
    return this.#clients.evicted + this.#unsettled.evicted;
  }

  /** An observation from the 15th attempt on, each time the attempts have grown by an eighth; else undefined. */
  take(attempt: LoginAttempt): Observation | undefined {
    if (attempt.account === '') return undefined;
    const name = JSON.stringify([attempt.app, attempt.client]);
    const state = this.#clients.touch(name, () => ({ attempts: [], total: 0, due: 0 }));
    const { attempts } = state;
    attempts.push(attempt);
    state.total++;
    let gone = 0;
    while (attempts[gone].time <= attempt.time - window) gone++;
    gone = Math.max(gone, attempts.length - mostAttempts);
    if (gone > 0) attempts.splice(0, gone);
    this.#clients.grow(1 - gone);
    if (attempts.length < leastAttempts) {
      state.due = 0;
      return undefined;
    }
    if (state.total < state.due) {
      if (!this.#unsettled.has(name)) this.#unsettled.wait(name, attempt.time + settleAfter, null);
      return undefined;
    }
    state.due = state.total + Math.max(5, attempts.length >> 3);
    this.#unsettled.drop(name);
    return observe(attempts, attempt);
  }

  /** What went on since it was told, and is due by `time`. */
  settle(time: number): readonly Observation[] {
    if (!this.#unsettled.isDue(time)) return none;
    return this.#unsettled.take(time).flatMap(([name]) => {
      const attempts = this.#clients.peek(name)?.attempts ?? [];
      return attempts.length < leastAttempts ? [] : [observe(attempts, attempts.at(-1)!)];
    });
  }

  snapshot(): LoginOutcomesSnapshot {
    return { clients: this.#clients.snapshot(copy), unsettled: this.#unsettled.snapshot() };
  }

  restore({ clients, unsettled }: LoginOutcomesSnapshot): void {
    this.#clients.restore(clients, copy);
    this.#unsettled.restore(unsettled);
  }
}

const none: readonly Observation[] = Object.freeze([]);

function copy({ attempts, total, due }: Client): Client {
  return { attempts: [...attempts], total, due };
}

function observe(attempts: readonly LoginAttempt[], last: LoginAttempt): Observation {
  const tries = new Map<string, number>();
  const byPassword = new Map<string, Set<string>>();
  const succeeded = new Set<string>();
  const accounts = new Set<string>();
  let failed = 0;
  for (const { account, success, passwordHash } of attempts) {
    tries.set(account, (tries.get(account) ?? 0) + 1);
    include(accounts, account);
    if (success) succeeded.add(account);
    else failed++;
    if (passwordHash === undefined) continue;
    const known = byPassword.get(passwordHash);
    if (known === undefined) byPassword.set(passwordHash, new Set([account]));
    else known.add(account);
  }
  const counts = [...tries.values()];
  const uids = attempts.map((each) => each.uid);
  return {
    v: observationVersion,
    measure: 'login-outcomes',
    subject: { kind: 'client', id: last.client },
    app: last.app,
    apiId: last.apiId,
    method: last.method,
    template: last.template,
    begin: attempts[0].time,
    end: last.time,
    window,
    value: tries.size,
    numbers: {
      attempts: attempts.length,
      failed: failed / attempts.length,
      triesMost: Math.max(...counts),
      few: counts.filter((count) => count <= 2).length / counts.length,
      passwords: byPassword.size,
      samePassword: Math.max(0, ...[...byPassword.values()].map((known) => known.size)),
      succeeded: succeeded.size,
    },
    samples: [...new Set([...uids.slice(0, mostSamples), ...uids.slice(-mostSamples)])],
    clients: [last.client],
    accounts: [...accounts].sort(),
    completeness: attempts.reduce((sum, each) => sum + each.completeness, 0) / attempts.length,
  };
}
