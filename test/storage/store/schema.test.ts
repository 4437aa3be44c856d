import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import { readMigrations, readViews } from '../../../storage/store/schema.ts';

test('each number is of one file: one that two had would let one of them be passed over', () => {
  const tables = new URL('storage/store/tables/', import.meta.resolve('#root/package.json'));
  const numbers = readMigrations(tables).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
});

test('no statement is a comment alone, whatever its lines end with', () => {
  const statements = readMigrations(shippedFiles().tables).flatMap((migration) => migration.statements);
  for (const statement of statements) {
    const text = statement.replace(/^\s*--.*$/gm, '').trim();
    assert.match(text, /^(CREATE (?!OR REPLACE VIEW)|ALTER )/, statement);
  }
});

test('each view has one file, behind those that it reads', () => {
  const views = readViews(shippedFiles().views);
  const name = (statement: string) => /^CREATE OR REPLACE VIEW (\w+) AS$/m.exec(statement)?.[1] ?? statement;
  const names = views.map(name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const [i, view] of views.entries()) {
    const later = names.slice(i + 1).filter((other) => new RegExp(`\\b${other}\\b`).test(view));
    assert.deepEqual(later, [], names[i]);
  }
});
