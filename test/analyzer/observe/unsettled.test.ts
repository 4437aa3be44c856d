import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Traversal } from '../../../analyzer/observe/traversal.ts';
import { Unsettled } from '../../../analyzer/observe/unsettled.ts';

test('what waits is told once, when it is due, in order', () => {
  const unsettled = new Unsettled<string, number>();
  for (const [i, key] of ['a', 'b', 'c'].entries()) unsettled.wait(key, 10 + i, i);
  unsettled.drop('b');
  assert.ok(!unsettled.isDue(9) && unsettled.isDue(10));
  assert.deepEqual(unsettled.take(10), [['a', 0]]);
  assert.deepEqual(unsettled.take(Number.POSITIVE_INFINITY), [['c', 2]]);
  assert.deepEqual(unsettled.snapshot(), []);
});

test('at the bound the one that waits longest goes untold, and is counted', () => {
  const unsettled = new Unsettled<number, null>(100);
  for (let key = 0; key < 1000; key++) unsettled.wait(key, key, null);
  assert.deepEqual([unsettled.snapshot().length, unsettled.evicted], [100, 900]);
  assert.deepEqual(unsettled.take(900)[0], [900, null]);
});

test('a key of traversal that a bound lets go waits no more', () => {
  const traversal = new Traversal(20);
  const begin = Date.UTC(2026, 0, 5) * 1000;
  for (let account = 0; account < 200; account++) {
    for (let i = 0; i < 30; i++) {
      traversal.ask({
        ...{ time: begin + (account * 30 + i) * 1000, uid: `${account}-${i}`, app: 'a', apiId: 'f1', method: 'GET' },
        ...{ template: '/users/{id}', parameter: 'path.id', value: account * 1000 + i + 1, client: '10.0.0.1' },
        ...{ subject: { kind: 'account', id: `a${account}` }, success: true, completeness: 1 },
      });
    }
  }
  const { keys, unsettled } = traversal.snapshot();
  assert.ok(keys.keys.length <= 7 * 20 && traversal.evicted > 100);
  for (const waiting of unsettled) assert.ok(waiting.length <= 20, `${waiting.length} wait`);
  assert.ok(unsettled.some((waiting) => waiting.length > 1));
});
