import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Columns } from '../../../analyzer/classify/columns.ts';
import type { PlaceSummary } from '../../../analyzer/classify/summary.ts';

const proven = new Set(['bank-card', 'id-card']);

function place(values: number, label: string, count: number, samples: readonly number[]): PlaceSummary {
  return {
    place: 'body',
    path: 'data.rows[].f1',
    values,
    hits: count === 0 ? [] : [{ label, count, samples }],
  };
}

function stateAfter(...places: PlaceSummary[]): string[] {
  const columns = new Columns(proven);
  for (const seen of places) columns.observe('api', 'response', [seen]);
  return columns.labelsOf('api', 'response', 'body', 'data.rows[].f1').map(({ label, state }) => `${label} ${state}`);
}

test('a proven label is suspected at one value and confirmed at three different ones', () => {
  assert.deepEqual(stateAfter(place(10, 'bank-card', 1, [1])), ['bank-card suspected']);
  assert.deepEqual(stateAfter(place(10, 'bank-card', 3, [1])), ['bank-card suspected']);
  assert.deepEqual(stateAfter(place(10, 'bank-card', 2, [1, 2]), place(5, 'bank-card', 1, [3])), [
    'bank-card confirmed',
  ]);
});

test('without a check digit half of the values have to fit', () => {
  assert.deepEqual(stateAfter(place(10, 'mobile', 4, [1, 2, 3, 4])), []);
  assert.deepEqual(stateAfter(place(10, 'mobile', 5, [1, 2, 3, 4])), ['mobile confirmed']);
  assert.deepEqual(stateAfter(place(1, 'mobile', 1, [1])), ['mobile suspected']);
  assert.deepEqual(stateAfter(place(1, 'mobile', 1, [1]), place(9, 'mobile', 0, [])), []);
});

test('columns of APIs, directions and paths are apart, and order makes no difference', () => {
  const columns = new Columns(proven);
  columns.observe('api', 'request', [place(1, 'id-card', 1, [1])]);
  assert.deepEqual(columns.labelsOf('api', 'response', 'body', 'data.rows[].f1'), []);
  assert.deepEqual(columns.labelsOf('other', 'request', 'body', 'data.rows[].f1'), []);
  const seen = [place(3, 'id-card', 1, [1]), place(4, 'mobile', 2, [2, 3]), place(5, 'id-card', 2, [4, 5])];
  const forward = new Columns(proven);
  const backward = new Columns(proven);
  for (const each of seen) forward.observe('api', 'response', [each]);
  for (const each of seen.toReversed()) backward.observe('api', 'response', [each]);
  assert.deepEqual(forward.snapshot(), backward.snapshot());
});

test('accepted is what is at least suspected', () => {
  const columns = new Columns(proven);
  columns.observe('api', 'response', [place(10, 'mobile', 4, [1])]);
  columns.observe('api', 'response', [place(10, 'id-card', 1, [1])]);
  const accepts = (label: string) => columns.accepts('api', 'response', 'body', 'data.rows[].f1', label);
  assert.deepEqual([accepts('mobile'), accepts('id-card'), accepts('email')], [false, true, false]);
  // A column that was never met, or found no room: what carries a check digit proves itself.
  assert.equal(columns.accepts('api', 'request', 'body', 'data.rows[].f1', 'id-card'), true);
  assert.equal(columns.accepts('api', 'response', 'query', 'data.rows[].f1', 'mobile'), false);
  columns.observe('api', 'response', [place(4, 'mobile', 8, [1])]);
  assert.equal(accepts('mobile'), true);
});

test('a snapshot restores what was counted', () => {
  const columns = new Columns(proven);
  for (let i = 0; i < 20; i++) columns.observe(`api${i % 3}`, 'response', [place(3, 'mobile', 2, [i, i + 1])]);
  const restored = new Columns(proven);
  restored.restore(JSON.parse(JSON.stringify(columns.snapshot())));
  assert.deepEqual(restored.snapshot(), columns.snapshot());
  for (const each of [columns, restored]) each.observe('api1', 'response', [place(9, 'mobile', 1, [99])]);
  assert.deepEqual(restored.snapshot(), columns.snapshot());
});

test('at the bound new columns are refused and counted, known ones go on', () => {
  const columns = new Columns(proven);
  for (let i = 0; i < 100_005; i++) columns.observe(`api${i}`, 'response', [place(1, 'mobile', 1, [1])]);
  assert.equal(columns.refused, 5);
  columns.observe('api0', 'response', [place(1, 'mobile', 1, [2])]);
  assert.equal(columns.labelsOf('api0', 'response', 'body', 'data.rows[].f1')[0]!.hits, 2);
});

test('places of a call may be others, and in another order, than those of the call before', () => {
  const columns = new Columns(proven);
  const at = (path: string, label: string): PlaceSummary => ({ ...place(1, label, 1, [1]), path });
  columns.observe('api', 'response', [at('a', 'mobile'), at('b', 'id-card'), at('c', 'email')]);
  columns.observe('api', 'response', [at('b', 'id-card'), at('a', 'mobile')]);
  assert.deepEqual([columns.acceptsMet(0, 'id-card'), columns.acceptsMet(0, 'mobile')], [true, false]);
  columns.observe('api', 'response', [at('c', 'email')]);
  const told = ['a', 'b', 'c'].map((path) => columns.labelsOf('api', 'response', 'body', path));
  assert.deepEqual(
    told.map(([label]) => [label?.label, label?.hits, label?.values]),
    [
      ['mobile', 2, 2],
      ['id-card', 2, 2],
      ['email', 2, 2],
    ],
  );
});
