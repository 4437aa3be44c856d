/** The tables' form for a cluster, as far as one engine can tell: it parses, and nothing of the form for one server is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import { onCluster } from '../../../storage/store/cluster.ts';
import { readMigrations, readViews } from '../../../storage/store/schema.ts';
import { EngineServer } from './engine-server.ts';

const statements = [
  ...readMigrations(shippedFiles().tables).flatMap((migration) => migration.statements),
  ...readViews(shippedFiles().views),
];
const rewrite = onCluster('apiris_cluster');

test('every statement of the tables has a form for a cluster, and the engine reads it', async (t) => {
  const server = await EngineServer.open();
  t.after(() => server.close());
  for (const statement of statements) {
    for (const form of rewrite(statement)) {
      assert.match(form, /ON CLUSTER `apiris_cluster`/, form);
      const tree = await server.ask<{ explain: string }>(`EXPLAIN AST ${form}`);
      assert.ok(tree.length > 2, form);
    }
  }
});

test('what grows is spread by a column of its key, all else is whole on every server', () => {
  const forms = statements.flatMap((statement) => rewrite(statement));
  const fronts = forms.filter((form) => form.includes('ENGINE = Distributed'));
  assert.deepEqual(fronts.map((form) => /Distributed\(.*, `(\w+)`, `(\w+)`\)/.exec(form)!.slice(1)).sort(), [
    ['calls_local', 'flow'],
    ['values_local', 'hash'],
  ]);
  for (const [table, column] of [
    ['calls', 'flow'],
    ['values', 'hash'],
  ] as const) {
    const own = forms.find((form) => form.includes(`TABLE IF NOT EXISTS \`${table}_local\``))!;
    assert.match(own, new RegExp(`ORDER BY \\([^)]*\\b${column}\\b`), 'rows that replace each other lie together');
    assert.match(own, /ReplicatedReplacingMergeTree\('\/clickhouse\/apiris\/\{database\}\/\{shard\}\//);
  }
  const whole = forms.filter((form) => /ENGINE = Replicated/.test(form) && !form.includes('_local'));
  assert.ok(whole.length > 10);
  for (const form of whole) assert.match(form, /\('\/clickhouse\/apiris\/\{database\}\/\w+', '\{shard\}-\{replica\}'/);
});

test('a change of columns reaches the table in front, an index only the parts', () => {
  const [own, front, ...more] = rewrite(
    'ALTER TABLE calls\n    ADD COLUMN IF NOT EXISTS block UInt64 CODEC(Delta, ZSTD(1)),\n    -- for seals, (all)\n    ADD INDEX IF NOT EXISTS blocks block TYPE minmax GRANULARITY 1',
  );
  assert.deepEqual(more, []);
  assert.match(own!, /^ALTER TABLE `calls_local` ON CLUSTER `apiris_cluster`[\s\S]*ADD COLUMN[\s\S]*ADD INDEX/);
  assert.match(
    front!,
    /^ALTER TABLE `calls` ON CLUSTER `apiris_cluster`\s+ADD COLUMN IF NOT EXISTS block UInt64 CODEC\(Delta, ZSTD\(1\)\)$/,
  );
  assert.equal(rewrite('ALTER TABLE apis\n    ADD COLUMN IF NOT EXISTS a Int64').length, 1);
});

test('a statement without a form is refused, and a name that is none', () => {
  assert.throws(() => rewrite('DROP TABLE calls'), /no form for a cluster/);
  assert.throws(() => onCluster('a`; DROP TABLE calls'), /no name of a cluster/);
});
