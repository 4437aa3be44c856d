/** Sensor and analyzer as processes that talk by a broker, and what their store then holds beside a replay's. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assertSameRows, type State, stateOf } from '../../fixtures/replayed-state.ts';
import { openForDump } from '../../fixtures/store-dump.ts';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const main = fileURLToPath(new URL('dist/console/cli/main.js', root));
export const incidents = fileURLToPath(new URL('fixtures/captures/incidents.pcap.gz', root));

/** A busy machine takes its time. */
const PATIENCE_MS = 180_000;

export interface Process {
  readonly child: ChildProcess;
  said(): string;
  /** Ends it and answers its exit code; null for one that was killed. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** One folder with the data folders of all, the same keys for all. */
export class Roles {
  readonly folder = mkdtempSync(join(tmpdir(), 'apiris-roles-'));
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  #replayed: State | undefined;
  #dumps = 0;
  #configs = 0;

  constructor(env: NodeJS.ProcessEnv = {}) {
    const keys = { APIRIS_IDENTITY_KEY: '01'.repeat(32), APIRIS_TRACE_KEY: '02'.repeat(32) };
    this.#env = { ...process.env, LANG: 'C', LC_ALL: 'C', ...keys, ...env };
  }

  /** A configuration with this text. */
  config(text: string): string {
    const file = join(this.folder, `config-${++this.#configs}.yaml`);
    writeFileSync(file, text);
    return file;
  }

  readonly until = until;

  data(name: string): string {
    return join(this.folder, name);
  }

  /** Runs a command line to its end. */
  apiris(...argv: readonly string[]): { status: number | null; stderr: string; stdout: string } {
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...argv], {
      env: this.#env,
      encoding: 'utf8',
    });
    return { status, stderr, stdout };
  }

  /** What a command answers as JSON, while this process goes on. */
  async asked<T>(...argv: readonly string[]): Promise<T> {
    const child = spawn(process.execPath, [main, ...argv], { env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const part of child.stdout!) text += String(part);
    return JSON.parse(text) as T;
  }

  start(...argv: readonly string[]): Process {
    const child = spawn(process.execPath, [main, ...argv], { env: this.#env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running.add(child);
    let said = '';
    child.stderr!.on('data', (data: Buffer) => (said += data.toString()));
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    void gone.then(() => this.#running.delete(child));
    return {
      child,
      said: () => said,
      end: (signal = 'SIGTERM') => {
        child.kill(signal);
        return gone;
      },
    };
  }

  /** Begins to judge, and waits until it says so. */
  async analyzer(broker: string, data: string, ...more: readonly string[]): Promise<Process> {
    const analyzer = this.start('analyzer', '--bus', `kafka://${broker}`, '--data', this.data(data), ...more);
    await until(() => analyzer.said().includes('judging what') || analyzer.child.exitCode !== null);
    assert.equal(analyzer.child.exitCode, null, analyzer.said());
    return analyzer;
  }

  /** Waits until a running analyzer's store has so many calls. */
  async stored(data: string, calls: number): Promise<void> {
    let seen = '';
    const count = () => {
      const { stdout } = this.apiris('stats', '--format', 'json', '--data', this.data(data));
      seen = stdout;
      return stdout === '' ? 0 : (JSON.parse(stdout) as { calls: number }[]).reduce((sum, row) => sum + row.calls, 0);
    };
    await until(
      async () => {
        await wait(500);
        return count() >= calls;
      },
      () => seen,
    );
  }

  async state(data: string): Promise<State> {
    const store = await openForDump(this.data(data), join(this.folder, `questions-${++this.#dumps}`));
    try {
      return await stateOf(store);
    } finally {
      await store.close();
    }
  }

  /** What a replay of the incidents leaves. */
  async replayed(): Promise<State> {
    if (this.#replayed === undefined) {
      const { status, stderr } = this.apiris('replay', incidents, '--data', this.data('replayed'));
      assert.equal(status, 0, stderr);
      this.#replayed = await this.state('replayed');
    }
    return this.#replayed;
  }

  /** Calls, findings and all that was learnt; not how it was read. */
  async assertAsReplayed(data: string, why: string): Promise<void> {
    const [found, expected] = [await this.state(data), await this.replayed()];
    assertSameRows(withoutWay(found), withoutWay(expected), why);
    assert.deepEqual(found.findings, expected.findings, why);
  }

  end(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * The bus is a source of its own in the ledger, and in what is remembered of reading; what is sealed together, and what
 * was done, is told of a run and not of what it found. The ledger by minute stays with the sensor.
 */
function withoutWay(state: State): State {
  const rows = new Map<string, readonly string[]>();
  for (const [name, lines] of state.rows) rows.set(name, lines.map((line) => line.replace(/,"block":\d+/, '')).sort());
  for (const name of ['snapshots', 'seals', 'decisions', 'ledgerMinutes']) rows.set(name, []);
  rows.set(
    'ledger',
    state.rows
      .get('ledger')!
      .map((line) => line.replace(/"source":"[^"]*"/, '"source":""'))
      .sort(),
  );
  return { ...state, rows };
}

async function until(is: () => boolean | Promise<boolean>, said: () => string = () => ''): Promise<void> {
  const begun = performance.now();
  while (!(await is())) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`it took too long ${said()}`);
    await wait(100);
  }
}
