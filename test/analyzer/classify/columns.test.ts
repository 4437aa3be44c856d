import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Columns } from '../../../analyzer/classify/columns.ts';
import type { PlaceSummary } from '../../../analyzer/classify/summary.ts';

const proven = new Set(['bank-card', 'id-card']);

function place(values: number, label: string, count: number, samples: readonly string[]): PlaceSummary {
  return {
    place: 'body',
    path: 'data.rows[].f1',
    values,
    masked: 0,
    hits: count === 0 ? [] : [{ label, count, samples }],
  };
}

function stateAfter(...places: PlaceSummary[]): string[] {
  const columns = new Columns(proven);
  for (const seen of places) columns.observe('api', 'response', [seen]);
  return columns.labelsOf('api', 'response', 'body', 'data.rows[].f1').map(({ label, state }) => `${label} ${state}`);
}

test('a proven label is suspected at one value and confirmed at three different ones', () => {
  assert.deepEqual(stateAfter(place(10, 'bank-card', 1, ['a'])), ['bank-card suspected']);
  assert.deepEqual(stateAfter(place(10, 'bank-card', 3, ['a'])), ['bank-card suspected']);
  assert.deepEqual(stateAfter(place(10, 'bank-card', 2, ['a', 'b']), place(5, 'bank-card', 1, ['c'])), [
    'bank-card confirmed',
  ]);
});

test('without a check digit half of the values have to fit', () => {
  assert.deepEqual(stateAfter(place(10, 'mobile', 4, ['a', 'b', 'c', 'd'])), []);
  assert.deepEqual(stateAfter(place(10, 'mobile', 5, ['a', 'b', 'c', 'd'])), ['mobile confirmed']);
  assert.deepEqual(stateAfter(place(1, 'mobile', 1, ['a'])), ['mobile suspected']);
  assert.deepEqual(stateAfter(place(1, 'mobile', 1, ['a']), place(9, 'mobile', 0, [])), []);
});

test('columns of APIs, directions and paths are apart, and order makes no difference', () => {
  const columns = new Columns(proven);
  columns.observe('api', 'request', [place(1, 'id-card', 1, ['a'])]);
  assert.deepEqual(columns.labelsOf('api', 'response', 'body', 'data.rows[].f1'), []);
  assert.deepEqual(columns.labelsOf('other', 'request', 'body', 'data.rows[].f1'), []);
  const seen = [place(3, 'id-card', 1, ['a']), place(4, 'mobile', 2, ['b', 'c']), place(5, 'id-card', 2, ['d', 'e'])];
  const forward = new Columns(proven);
  const backward = new Columns(proven);
  for (const each of seen) forward.observe('api', 'response', [each]);
  for (const each of seen.toReversed()) backward.observe('api', 'response', [each]);
  assert.deepEqual(forward.snapshot(), backward.snapshot());
});

test('a snapshot restores what was counted', () => {
  const columns = new Columns(proven);
  for (let i = 0; i < 20; i++)
    columns.observe(`api${i % 3}`, 'response', [place(3, 'mobile', 2, [`${i}`, `${i + 1}`])]);
  const restored = new Columns(proven);
  restored.restore(JSON.parse(JSON.stringify(columns.snapshot())));
  assert.deepEqual(restored.snapshot(), columns.snapshot());
  for (const each of [columns, restored]) each.observe('api1', 'response', [place(9, 'mobile', 1, ['x'])]);
  assert.deepEqual(restored.snapshot(), columns.snapshot());
});

test('at the bound new columns are refused and counted, known ones go on', () => {
  const columns = new Columns(proven);
  for (let i = 0; i < 100_005; i++) columns.observe(`api${i}`, 'response', [place(1, 'mobile', 1, ['a'])]);
  assert.equal(columns.refused, 5);
  columns.observe('api0', 'response', [place(1, 'mobile', 1, ['b'])]);
  assert.equal(columns.labelsOf('api0', 'response', 'body', 'data.rows[].f1')[0]!.hits, 2);
});
