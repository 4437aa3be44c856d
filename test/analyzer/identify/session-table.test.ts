import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Session, SessionTable } from '../../../analyzer/identify/session-table.ts';
import { randomOf } from '../detect/rules-of.ts';

function sessionAt(lastTs: number): Session {
  const account = { display: 'a***', hash: '00000000000000a1' };
  return { account, app: 'app.example', boundTs: lastTs, lastTs, endedTs: null, previous: null };
}

const names = (table: SessionTable) => table.entries().map(([key]) => key);

test('what was used least recently goes first at the bound', () => {
  const table = new SessionTable(3, 1_000);
  for (const [i, key] of ['a', 'b', 'c'].entries()) table.set(key, sessionAt(i));
  table.use('a', 10);
  table.set('d', sessionAt(11));
  assert.deepEqual(names(table), ['c', 'a', 'd']);
  assert.deepEqual([table.evicted, table.expired, table.size], [1, 0, 3]);
});

test('what is silent for too long is none, and goes two at a time as others come', () => {
  const table = new SessionTable(10, 100);
  for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) table.set(key, sessionAt(i));
  assert.equal(table.use('b', 500), undefined);
  table.set('e', sessionAt(500));
  assert.deepEqual(names(table), ['d', 'e']);
  assert.deepEqual([table.evicted, table.expired], [0, 3]);
});

test('the order of use is that of a Map whose keys are taken out and put back, and survives a snapshot', () => {
  const random = randomOf(77);
  let table = new SessionTable(50, 1e9);
  const order = new Map<string, number>();
  for (let i = 0; i < 5_000; i++) {
    const key = `k${random(80)}`;
    if (random(2) === 1) table.set(key, sessionAt(i));
    else if (table.use(key, i) === undefined) continue;
    order.delete(key);
    order.set(key, i);
    if (order.size > 50) order.delete(order.keys().next().value!);
    if (i % 500 !== 0) continue;
    assert.deepEqual(names(table), [...order.keys()]);
    const restored = new SessionTable(50, 1e9);
    restored.restore(table.entries());
    table = restored;
  }
  assert.deepEqual(names(table), [...order.keys()]);
});
