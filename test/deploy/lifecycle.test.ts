/** The days of the lifecycle, from the configuration to what questions answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Judge } from '../../analyzer/judge.ts';
import { replayInto } from '../../deploy/appliance.ts';
import { loadConfig } from '../../deploy/config.ts';
import { periodsOf } from '../../deploy/equipment.ts';
import { openKeys } from '../../deploy/keys.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { RandomCalls } from '../analyzer/random-calls.ts';
import { equipment } from '../equipment.ts';
import { brokerage } from './replaying.ts';

const day = 86_400e6;

test('judge knows the periods: who comes back after them is revived', () => {
  const call = () => {
    const [one] = new RandomCalls(new Random(3)).many(1);
    return { ...one!, method: 'GET', status: 200, envelope: null, caller: { ...one!.caller, login: null } };
  };
  const revivalsWith = (inactive: number) => {
    const judge = new Judge({ ...equipment.judge, periods: periodsOf({ new: 2, inactive }) });
    for (const days of [1, 2, 7]) {
      judge.apply({ ...call(), completedTs: days * day, ts: days * day }, 'one');
    }
    return judge.apis().map(({ life }) => life?.revivals);
  };
  assert.deepEqual(revivalsWith(5), [[{ silentSince: 2 * day, at: 7 * day }]]);
  assert.deepEqual(revivalsWith(6), [[]]);
});

test('the store is told of the periods, and again when they change', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-lifecycle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const store = await openEmbeddedStore(folder);
  const config = loadConfig(undefined, {});
  const keys = openKeys(folder, {});
  const states = async (lifecycle: typeof config.lifecycle) => {
    await replayInto(store, { inputs: [brokerage], config: { ...config, lifecycle }, keys, shards: 1 });
    const [setting] = await store.ask<{ value: string; version: number }>('setting', { name: 'lifecycle' });
    assert.deepEqual(JSON.parse(setting!.value), periodsOf(lifecycle));
    const rows = await store.ask<{ state: string }>('apis-by-state');
    return { version: setting!.version, states: rows.map(({ state }) => state) };
  };
  const first = await states({ new: 3650, inactive: 3650 });
  assert.deepEqual(first.states, ['new']);
  assert.equal((await states({ new: 3650, inactive: 3650 })).version, first.version);
  const second = await states({ new: 1, inactive: 3650 });
  assert.ok(second.version > first.version);
  await store.close();
});
