/**
 * Logins that fail from several clients at once, each with a handful of accounts: too few for each client to be told by
 * itself. Of the last fifteen minutes of an application, those clients count that tried five accounts or more, seven of
 * ten tries in vain, hardly any account twice. Value: accounts they tried. `numbers`: `sources` (such clients),
 * `attempts`, `succeeded` (accounts let in).
 *
 * Bounds: 2,000 applications, the newest 2,048 attempts of each.
 */
import { type Observation, observationVersion } from '../observation.ts';
import type { LoginAttempt } from './login-outcomes.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

type Attempt = Pick<LoginAttempt, 'time' | 'uid' | 'client' | 'account' | 'success'>;

interface State {
  attempts: Attempt[];
  failed: number;
  /** Failures in the window from which on the next look is due. */
  due: number;
}

export interface LoginSurgeSnapshot {
  readonly apps: RecentSnapshot<State>;
}

interface Source {
  attempts: number;
  failed: number;
  readonly accounts: Set<string>;
}

const window = 900e6;
const mostAttempts = 2048;
const leastFailed = 40;
const leastAccounts = 5;
const leastSources = 3;
const mostSamples = 16;
const mostNames = 100;

export class LoginSurge {
  readonly #apps = new Recent<State>(2_000);

  get evicted(): number {
    return this.#apps.evicted;
  }

  /** An observation when three such clients or more tried forty accounts together, and each quarter more. */
  take(attempt: LoginAttempt): Observation | undefined {
    const { time, uid, app, client, account, success } = attempt;
    const state = this.#apps.touch(app, newState);
    const { attempts } = state;
    attempts.push({ time, uid, client, account, success });
    if (!success) state.failed++;
    let gone = 0;
    while (attempts[gone].time <= time - window) gone++;
    gone = Math.max(gone, attempts.length - mostAttempts);
    if (gone > 0) for (const old of attempts.splice(0, gone)) if (!old.success) state.failed--;
    if (state.failed < leastFailed) state.due = leastFailed;
    if (success || state.failed < state.due) return undefined;
    state.due = state.failed + Math.max(10, state.failed >> 2);
    return observe(attempts, attempt);
  }

  snapshot(): LoginSurgeSnapshot {
    return { apps: this.#apps.snapshot(copy) };
  }

  restore({ apps }: LoginSurgeSnapshot): void {
    this.#apps.restore(apps, copy);
  }
}

function observe(attempts: readonly Attempt[], last: LoginAttempt): Observation | undefined {
  const sources = new Map<string, Source>();
  for (const { client, account, success } of attempts) {
    let source = sources.get(client);
    if (source === undefined) sources.set(client, (source = { attempts: 0, failed: 0, accounts: new Set() }));
    source.attempts++;
    if (!success) source.failed++;
    source.accounts.add(account);
  }
  for (const [client, { attempts: tries, failed, accounts }] of sources) {
    const isHeavy = accounts.size >= leastAccounts && failed >= 0.7 * tries && tries <= 2 * accounts.size;
    if (!isHeavy) sources.delete(client);
  }
  if (sources.size < leastSources) return undefined;
  const theirs = attempts.filter(({ client }) => sources.has(client));
  const accounts = new Set(theirs.map(({ account }) => account));
  const { app, apiId, method, template } = last;
  const uids = theirs.map(({ uid }) => uid);
  return {
    v: observationVersion,
    measure: 'login-surge',
    subject: { kind: 'app', id: app },
    ...{ app, apiId, method, template },
    begin: theirs[0].time,
    end: last.time,
    window,
    value: accounts.size,
    numbers: {
      sources: sources.size,
      attempts: theirs.length,
      succeeded: new Set(theirs.filter(({ success }) => success).map(({ account }) => account)).size,
    },
    samples: [...new Set([...uids.slice(0, mostSamples / 2), ...uids.slice(-mostSamples / 2)])],
    clients: [...sources.keys()].sort().slice(0, mostNames),
    accounts: [...accounts].sort().slice(0, mostNames),
    completeness: last.completeness,
  };
}

function newState(): State {
  return { attempts: [], failed: 0, due: leastFailed };
}

function copy({ attempts, failed, due }: State): State {
  return { attempts: attempts.map((each) => ({ ...each })), failed, due };
}
