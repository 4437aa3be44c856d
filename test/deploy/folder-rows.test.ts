/** The rows of a folder's files: each file is told as long as it is new, and then let go of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FolderRows } from '../../deploy/folder-rows.ts';
import type { FolderFile } from '../../sensor/sensor.ts';

const own = { id: 'live folder', name: 'folder', size: 0, packets: 0, firstTs: 0, lastTs: 0 };
const fileOf = (index: number): FolderFile => ({
  ...{ id: `id${index}`, name: `f${index}`, size: 100, packets: 1, firstTs: 1e15, lastTs: 1e15, damage: [] },
});

test('a month of files: two rows each, and nothing is held when all have rested', () => {
  const rows = new FolderRows();
  const written = new Map<string, string[]>();
  let most = 0;
  const count = 5000;
  // A file a second, saved every ten seconds.
  for (let second = 0; second < count + 60; second++) {
    const finished = second < count ? [fileOf(second)] : [];
    rows.take({ finished, current: null, damage: [] }, second * 1000);
    if (second % 10 === 0) {
      for (const { id, state } of rows.rows({ ...own, state: 'live' }, [], second, second * 1000).slice(1)) {
        written.set(id as string, [...(written.get(id as string) ?? []), state as string]);
      }
    }
    most = Math.max(most, rows.size);
  }
  assert.equal(written.size, count);
  for (const states of written.values()) assert.deepEqual(states, ['live', 'finished']);
  assert.equal(rows.size, 0);
  assert.ok(most <= 40, `${most}`);
});

test('the file that is read is told each time; with the run all that was read is finished, and what was not is not', () => {
  const rows = new FolderRows();
  rows.take({ finished: [fileOf(1)], current: fileOf(2), damage: [] }, 0);
  const states = (state: 'live' | 'finished') =>
    rows.rows({ ...own, state }, [], 1, 1).map((row) => [row['name'], row['state']]);
  assert.deepEqual(states('live'), [
    ['folder', 'live'],
    ['f1', 'live'],
    ['f2', 'live'],
  ]);
  assert.deepEqual(states('live'), [
    ['folder', 'live'],
    ['f2', 'live'],
  ]);
  assert.deepEqual(states('finished'), [
    ['folder', 'finished'],
    ['f1', 'finished'],
    ['f2', 'live'],
  ]);
  assert.equal(rows.size, 0);
});

test('damages of the folder itself are in its own row, bounded', () => {
  const rows = new FolderRows();
  for (let i = 0; i < 10; i++) {
    const damage = Array.from({ length: 100 }, (_, n) => ({ input: `f${i}-${n}`, offset: 0, reason: 'broken' }));
    rows.take({ finished: [], current: null, damage }, 0);
  }
  const [row] = rows.rows({ ...own, state: 'live' }, [], 1, 1);
  assert.equal(JSON.parse(row!['damage'] as string).length, 256);
});
