/** Replays that are killed, told to stop or fail half way, and come again. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { replayInto } from '../../deploy/appliance.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { StoreError } from '../../storage/store/store.ts';
import { keys } from '../equipment.ts';
import { brokerage, config, folderOf, mixIn, replayed, type State, stateOf, storedIn } from './replaying.ts';
import { watched } from './watched-store.ts';

const replayer = fileURLToPath(new URL('./replayer.js', import.meta.url));

/** What a store must hold whatever happened on the way to it. */
function outcome({ calls, apis, summary, judge, sources }: State): object {
  return { calls, apis, summary, judge, sources: sources.map((row) => ({ ...row, version: 0 })) };
}

/** Starts a replay in a process of its own and kills it after so many of its lines. Answers the calls it acknowledged. */
async function killed(data: string, inputs: readonly string[], lines: number): Promise<number> {
  const child = spawn(process.execPath, [replayer, data, '2', ...inputs], { stdio: ['ignore', 'pipe', 'inherit'] });
  let calls = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+$/.test(line)) calls = Number(line);
    // The kill falls somewhere into the work on what follows.
    if (++seen === lines) child.kill('SIGKILL');
  }
  return calls;
}

test('killed at any moment, nothing acknowledged is lost, and the next run ends where an undisturbed one does', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 1200 });
  const undisturbed = await replayed(join(folder, 'undisturbed'), [mix]);
  const random = new Random(Date.now());
  for (const deaths of [[1], [2 + random.below(3), 3 + random.below(3)], [7 + random.below(4)]]) {
    const data = join(folder, `killed after lines ${deaths}`);
    for (const lines of deaths) {
      const acknowledged = await killed(data, [mix], lines);
      const { calls } = await storedIn(data);
      assert.ok(calls.length >= acknowledged, `${calls.length} of ${acknowledged} calls after ${lines} lines`);
      assert.equal(new Set(calls).size, calls.length);
    }
    const { state } = await replayed(data, [mix], { shards: 1 });
    assert.deepEqual(outcome(state), outcome(undisturbed.state), `killed after lines ${deaths}`);
  }
});

const eager = { rows: 150, octets: 1 << 20, insertEveryMs: 0, saveEveryMs: 0, saveRest: 0 };

test('stopped by its signal, or by a store that fails, what was judged stays, and the next run goes on', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 2500 });
  const undisturbed = await replayed(join(folder, 'undisturbed'), [mix]);
  const data = join(folder, 'data');
  const store = await openEmbeddedStore(data);
  const stop = new AbortController();
  const first = await replayInto(
    watched(store, (table, number) => {
      if (table === 'calls' && number > 3) stop.abort();
    }),
    { inputs: [mix], config, shards: 2, pace: eager, keys, signal: stop.signal },
  );
  const between = await stateOf(store);
  await store.close();
  assert.ok(first.stored > 0 && first.stored < 2500, `${first.stored} stored`);
  assert.equal(between.calls.length, first.stored);
  assert.deepEqual(
    between.sources.map(({ state }) => state),
    ['reading'],
  );

  const second = await replayed(data, [mix], { shards: 1 });
  assert.deepEqual(
    second.sources.map(({ state }) => state),
    ['resumed'],
  );
  assert.equal(second.stored, 2500 - first.stored);
  assert.deepEqual(second.imbalances, []);
  assert.deepEqual(outcome(second.state), outcome(undisturbed.state));

  const failing = join(folder, 'failing');
  const other = await openEmbeddedStore(failing);
  const full = new StoreError('failed', 'no room is left');
  await assert.rejects(
    replayInto(
      watched(other, (_table, number) => {
        if (number > 9) throw full;
      }),
      { inputs: [mix], config, shards: 2, pace: eager, keys },
    ),
    full,
  );
  const kept = await stateOf(other);
  await other.close();
  assert.ok(kept.calls.length > 0);
  assert.deepEqual(outcome((await replayed(failing, [mix])).state), outcome(undisturbed.state));
});

test('stopped before it began', async (t) => {
  const data = join(folderOf(t), 'data');
  const { state, stored } = await replayed(data, [brokerage], { signal: AbortSignal.abort(), shards: 1 });
  assert.deepEqual([stored, state.calls.length], [0, 0]);
  assert.deepEqual(
    state.sources.map((source) => source.state),
    ['reading'],
  );
});
