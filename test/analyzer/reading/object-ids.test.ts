import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectIds } from '../../../analyzer/reading/object-ids.ts';
import { numbers } from '../../sensor/sample-text.ts';

/** As the rule says it: each once, in order, the first 1,024; what more is new has no room. */
function told(ids: readonly number[]): { list: number[]; refused: number } {
  const once = new Set<number>();
  let refused = 0;
  for (const id of ids) {
    if (once.size < 1024) once.add(id);
    else if (!once.has(id)) refused++;
  }
  return { list: [...once], refused };
}

function read(ids: readonly number[]): { list: readonly number[]; refused: number } {
  const all = new ObjectIds();
  let refused = 0;
  for (const id of ids) if (!all.add(id)) refused++;
  return { list: all.list(), refused };
}

test('each id once, in the order they came, up to the bound', () => {
  const next = numbers(3);
  for (const [size, kinds] of [
    [0, 1],
    [1, 1],
    [40, 7],
    [64, 1_000_000],
    [1_023, 1_000_000],
    [1_023, 400],
    [1_024, 1_000_000],
    [1_025, 1_000_000],
    [5_000, 900],
    [5_000, 3_000],
  ] as const) {
    // 53 bits; several share their lower ones.
    const ids = Array.from({ length: size }, () => (next() % kinds) * 0x1_0000_0000 + (next() % 3));
    assert.deepEqual(read(ids), told(ids), `${size} of ${kinds}`);
  }
  assert.deepEqual(read([0, 0, 5, 0]).list, [0, 5]);
});
