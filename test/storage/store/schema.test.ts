import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import {
  assertSameSchema,
  type Migration,
  migrate,
  readMigrations,
  readViews,
  renewViews,
} from '../../../storage/store/schema.ts';

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

test('views that a cluster has in another form are of the version that readers of one server know', async () => {
  const journal: { number: number; name: string }[] = [];
  const commands: string[] = [];
  const client = {
    command: async ({ query, query_params }: { query: string; query_params?: { number: number; name: string } }) => {
      commands.push(query);
      if (query_params === undefined) return;
      const at = journal.findIndex(({ number }) => number === query_params.number);
      journal.splice(at < 0 ? journal.length : at, 1, query_params);
    },
    query: async ({ query }: { query: string }) => ({
      json: async () =>
        query.includes('system.tables')
          ? [{ tables: 1 }]
          : journal.filter(({ number }) => !query.includes('number = 0') || number === 0),
    }),
  } as unknown as Parameters<typeof migrate>[0];
  const migrations: Migration[] = [{ number: 1, name: 'one', statements: ['CREATE TABLE one'] }];
  const views = ['CREATE OR REPLACE VIEW v AS SELECT 1'];
  const spread = (statement: string) => [`${statement} ON CLUSTER c`];
  const open = async () => {
    await migrate(client, migrations, 'there', spread);
    await renewViews(client, views, spread);
  };
  await open();
  assert.ok(commands.includes('CREATE OR REPLACE VIEW v AS SELECT 1 ON CLUSTER c'));
  await assertSameSchema(client, migrations, views, 'there');
  const made = commands.length;
  await open();
  assert.equal(commands.length, made + 1, 'nothing but the journal is looked after again');
  const others = assertSameSchema(client, migrations, ['CREATE OR REPLACE VIEW v AS SELECT 2'], 'there');
  await assert.rejects(others, { name: 'StoreError', message: /its views are not those of this one/ });
  const newer = assertSameSchema(client, [], views, 'there');
  await assert.rejects(newer, { name: 'StoreError', code: 'newer-schema' });
});
