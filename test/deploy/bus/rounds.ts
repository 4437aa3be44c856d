/**
 * Rounds of kill -9: under load the sensor, the analyzer, the broker, and the analyzer in the middle of an insert are killed
 * at moments told by a seed, and started again. When all has come to rest, the store must hold what an undisturbed replay
 * leaves: each exchange once, the same findings, a ledger that adds up.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../../../deploy/traffic/random.ts';
import { within } from '../../../deploy/within.ts';
import type { Broker } from '../../kafka/broker.ts';
import { incidents, type Process, type Roles } from './roles.ts';

const CALLS = 5717;
/** Moments of the kills, ms after the sensor's start: it reads for some six seconds. */
const SPAN_MS = 9000;
/** What a killed process is away for at most, ms. */
const AWAY_MS = 2000;
/** How long the middle of an insert is waited for, ms. */
const INSERT_MS = 5000;
/** How long a process is at work before it is killed, when it had ended already, ms. */
const AT_WORK_MS = 1500;
/** How long a process may take to do its work or to end, ms. */
const PATIENCE_MS = 120_000;

type Victim = 'sensor' | 'analyzer' | 'broker' | 'insert';
const VICTIMS: readonly Victim[] = ['sensor', 'analyzer', 'broker', 'insert'];

export interface Round {
  readonly round: number;
  /** In their order: `broker 1.2 s`. */
  readonly kills: readonly string[];
  readonly seconds: number;
  /** What was wrong; '' for nothing. */
  readonly problem: string;
}

export async function failureRound(roles: Roles, broker: Broker, seed: number, round: number): Promise<Round> {
  const begun = performance.now();
  const kills: string[] = [];
  const running = new Running(roles, broker, `round-${seed}-${round}`);
  let problem = '';
  try {
    await running.begin();
    const from = performance.now();
    for (const { victim, at, away } of planOf(new Random(seed * 1000 + round))) {
      await wait(Math.max(0, from + at - performance.now()));
      if (victim === 'insert') await running.insertBegins();
      kills.push(`${victim} ${((performance.now() - from) / 1000).toFixed(1)} s`);
      await running.kill(victim);
      await wait(away);
      await running.start(victim);
    }
    await running.rest();
  } catch (error) {
    problem = `${(error as Error).message.slice(0, 600)}\n${running.said()}`;
  } finally {
    await running.end();
  }
  return { round, kills, seconds: (performance.now() - begun) / 1000, problem };
}

interface Kill {
  readonly victim: Victim;
  readonly at: number;
  readonly away: number;
}

/** Each once, in any order. */
function planOf(random: Random): readonly Kill[] {
  const kills = VICTIMS.map((victim) => ({ victim, at: random.below(SPAN_MS), away: random.below(AWAY_MS) }));
  return kills.sort((a, b) => a.at - b.at);
}

class Running {
  readonly #config: readonly string[];
  #sensor: Process | undefined;
  #analyzer: Process | undefined;
  /** Resolves when it answers. */
  #broker: Promise<void> = Promise.resolve();

  constructor(
    private readonly roles: Roles,
    private readonly broker: Broker,
    private readonly name: string,
  ) {
    // Topics and group of its own.
    this.#config = ['--config', roles.config(`bus:\n  prefix: ${name}.\n`)];
  }

  async begin(): Promise<void> {
    await this.start('analyzer');
    await this.start('sensor');
  }

  async kill(victim: Victim): Promise<void> {
    if (victim === 'broker') {
      await this.broker.kill();
      return;
    }
    // One that has ended meanwhile would not be killed in its work.
    if (this.#of(victim)!.child.exitCode !== null) {
      await this.start(victim);
      await wait(AT_WORK_MS);
    }
    await this.#of(victim)!.end('SIGKILL');
  }

  #of(victim: Victim): Process | undefined {
    return victim === 'sensor' ? this.#sensor : this.#analyzer;
  }

  async start(victim: Victim): Promise<void> {
    const { roles, broker, name } = this;
    const bus = `kafka://${broker.address}`;
    // Nobody waits for it: others are killed, and begin, while it is away.
    if (victim === 'broker') {
      this.#broker = broker.start();
      this.#broker.catch(() => {});
    } else if (victim === 'sensor') {
      const data = roles.data(`${name}-sensor`);
      this.#sensor = roles.start('sensor', '--read', incidents, '--out', bus, '--data', data, ...this.#config);
    } else {
      this.#analyzer = roles.start('analyzer', '--bus', bus, '--data', roles.data(name), ...this.#config);
    }
  }

  /** The analyzer has rows on their way into the engine; or has had none for a while. */
  async insertBegins(): Promise<void> {
    const until = performance.now() + INSERT_MS;
    const spool = join(this.roles.data(this.name), 'spool');
    while (performance.now() < until) {
      if (filesIn(spool).some((file) => file.startsWith('calls-'))) return;
      await wait(2);
    }
  }

  /** All is read, judged and stored, and is what it must be. */
  async rest(): Promise<void> {
    const { roles, name } = this;
    await this.#broker;
    await this.#finished('sensor');
    await this.#upright();
    await roles.stored(name, CALLS);
    const analyzer = this.#analyzer!;
    const code = await within(analyzer.end(), PATIENCE_MS);
    assert.equal(code, 0, `the analyzer ended with ${code}: ${analyzer.said()}`);
    const { calls } = await roles.state(name);
    assert.equal(calls.length, CALLS, 'rows are exchanges');
    await roles.assertAsReplayed(name, name);
    const health = await within(
      roles.asked<{ reasons: readonly { code: string }[] }>('health', '--format', 'json', '--data', roles.data(name)),
      PATIENCE_MS,
    );
    assert.ok(health !== undefined, 'health is not told');
    const out = health.reasons.filter(({ code: reason }) => reason === 'imbalance');
    assert.deepEqual(out, [], 'the ledger adds up');
  }

  /** A sensor that could not begin (its broker was away) is started again; it must end by itself. */
  async #finished(victim: 'sensor'): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const code = await within(gone(this.#sensor!), PATIENCE_MS);
      // What waits in the data folder for a broker that was away goes out with the next run.
      if (code === 0 && filesIn(join(this.roles.data(`${this.name}-sensor`), 'outbox')).length === 0) return;
      if (attempt === 4) throw new Error(`the sensor ended with ${code}: ${this.#sensor!.said()}`);
      if (code === undefined) await this.kill(victim);
      await this.start(victim);
    }
  }

  /** An analyzer whose broker was away when it began says so and ends, in its time; a supervisor starts it again. */
  async #upright(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (!this.#analyzer!.said().includes('judging what')) {
      if (performance.now() > until) throw new Error(`the analyzer does not begin: ${this.#analyzer!.said()}`);
      if (this.#analyzer!.child.exitCode !== null) await this.start('analyzer');
      await wait(200);
    }
  }

  /** What the analyzer said last. */
  said(): string {
    return this.#analyzer?.said().slice(-600) ?? '';
  }

  async end(): Promise<void> {
    for (const each of [this.#sensor, this.#analyzer]) {
      if (each !== undefined) await within(each.end('SIGKILL'), 10_000);
    }
    await this.#broker.catch(() => {});
    await this.broker.kill();
    await this.broker.start();
  }
}

function gone({ child }: Process): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function roundsTable(rounds: readonly Round[]): string {
  const lines = rounds.map(({ round, kills, seconds, problem }) => {
    const outcome = problem === '' ? 'as undisturbed' : `WRONG: ${problem.split('\n', 1)[0]}`;
    return `${String(round).padStart(5)}  ${seconds.toFixed(0).padStart(5)} s  ${kills.join(', ').padEnd(60)}  ${outcome}`;
  });
  return ['round   time  killed, after the sensor began', ...lines].join('\n');
}
