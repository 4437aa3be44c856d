/** Old months go, by packet time against the newest packet. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepWithin } from '../../deploy/retention.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { callRows } from '../storage/store/rows.ts';
import { folderOf } from './replaying.ts';

const dayUs = 86_400e6;

test('whole months that are older than was asked for go, and nothing else does', async (t) => {
  const store = await openEmbeddedStore(join(folderOf(t), 'data'));
  t.after(() => store.close());
  assert.deepEqual(await keepWithin(store, { calls: 1, values: 1 }), [], 'of an empty store nothing');
  // 2024-05-06, and the same 40, 70 and 3000 days before: May, March, February 2024, and 2016.
  for (const [at, age] of [0, 40, 70, 3000].entries()) {
    const rows = callRows(at * 80, 80).map((row) => {
      const [ts, completedTs] = [Number(row['ts']) - age * dayUs, Number(row['completedTs']) - age * dayUs];
      return { ...row, ts, completedTs };
    });
    await store.insert('calls', rows);
  }
  const count = async () => (await store.ask('calls', { limit: 10_000 })).length;
  assert.equal(await count(), 320);
  assert.deepEqual(await keepWithin(store, { calls: 60, values: 30 }), ['calls 201602', 'calls 202402']);
  assert.equal(await count(), 160);
  assert.deepEqual(await keepWithin(store, { calls: 60, values: 30 }), []);
  assert.deepEqual(await keepWithin(store, { calls: 1, values: 1 }), ['calls 202403']);
  assert.equal(await count(), 80);
});
