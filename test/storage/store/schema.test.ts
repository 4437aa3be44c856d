import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMigrations } from '../../../storage/store/schema.ts';

test('tables are numbered one after the other: a number that two had would let one of them be passed over', () => {
  const tables = new URL('storage/store/tables/', import.meta.resolve('#root/package.json'));
  const numbers = readMigrations(tables).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i + 1),
  );
});
