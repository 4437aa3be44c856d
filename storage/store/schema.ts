/**
 * Brings a store up to date: runs `tables/NNN-*.sql` that have not run there yet, in order, and makes the views of
 * `views/NN-*.sql` anew where they are others than were made there. A view is a question: its file says what it is now.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { StoreError } from './store.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Not that of a comment: a server refuses a statement that is nothing but one. */
const END = /(?<!^[ \t]*--[^\n]*);\s*$/m;

/** Migrations in a folder, by number. Statements end with a semicolon at the end of a line. */
export function readMigrations(folder: URL): Migration[] {
  const migrations: Migration[] = [];
  for (const file of readdirSync(folder).sort()) {
    const parts = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file);
    if (!parts) continue;
    migrations.push({ number: Number(parts[1]), name: parts[2]!, statements: statementsIn(new URL(file, folder)) });
  }
  return migrations;
}

/** Views in a folder, those that others read before these. */
export function readViews(folder: URL): string[] {
  const files = readdirSync(folder).filter((file) => /^\d{2}-[a-z0-9-]+\.sql$/.test(file));
  return files.sort().flatMap((file) => statementsIn(new URL(file, folder)));
}

function statementsIn(file: URL): string[] {
  return readFileSync(file, 'utf8')
    .split(END)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const journal = `CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String)
ENGINE = ReplacingMergeTree ORDER BY number`;

export type Rewrite = (statement: string) => readonly string[];

/** A process killed half way runs the migration again: its statements must bear that (`IF NOT EXISTS`). */
export async function migrate(
  client: ClickHouseClient,
  migrations: readonly Migration[],
  place: string,
  /** The form of each statement where it is another than on one server. */
  rewrite: Rewrite = (statement) => [statement],
): Promise<void> {
  for (const query of rewrite(journal)) await client.command({ query });
  const result = await client.query({
    query: 'SELECT number, name FROM schema_migrations FINAL ORDER BY number',
    format: 'JSONEachRow',
  });
  const applied = await result.json<{ number: number; name: string }>();
  const known = migrations.at(-1)?.number ?? 0;
  const newest = applied.at(-1);
  if (newest && newest.number > known) {
    throw new StoreError(
      'newer-schema',
      `The store in ${place} was written by a newer version (schema ${newest.number}-${newest.name}, this version knows ` +
        `${known}): use that version, or another data folder.`,
    );
  }
  const done = new Set(applied.map((row) => row.number));
  for (const migration of migrations) {
    if (done.has(migration.number)) continue;
    for (const query of migration.statements.flatMap((statement) => rewrite(statement)))
      await client.command({ query });
    await record(client, migration.number, migration.name);
  }
}

function record(client: ClickHouseClient, number: number, name: string): Promise<unknown> {
  // As a question, not as data: the embedded engine would look for more data on standard input, where a capture may be.
  return client.command({
    query: 'INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}',
    query_params: { number, name },
  });
}

/** Number under which the digest of the views stands. */
const VIEWS = 0;

/** After the tables are up to date. A process killed half way makes them all again. */
export async function renewViews(
  client: ClickHouseClient,
  views: readonly string[],
  rewrite: Rewrite = (statement) => [statement],
): Promise<void> {
  const digest = digestOf(views);
  const [made] = await rowsOf<{ name: string }>(
    client,
    `SELECT name FROM schema_migrations FINAL WHERE number = ${VIEWS}`,
  );
  if (made?.name === digest) return;
  for (const query of views.flatMap((statement) => rewrite(statement))) await client.command({ query });
  await record(client, VIEWS, digest);
}

/** Of the statements as they are shipped, whatever form a cluster gives them: readers need not know it. */
function digestOf(views: readonly string[]): string {
  return createHash('sha256').update(views.join(';\n')).digest('hex');
}

/** Who only asks changes nothing: its questions fit tables and views of its own version. Throws StoreError. */
export async function assertSameSchema(
  client: ClickHouseClient,
  migrations: readonly Migration[],
  views: readonly string[],
  place: string,
): Promise<void> {
  const [named] = await rowsOf<{ tables: number }>(
    client,
    "SELECT count() AS tables FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'",
  );
  const applied =
    named?.tables === 1
      ? await rowsOf<{ number: number; name: string }>(client, 'SELECT number, name FROM schema_migrations FINAL')
      : [];
  const known = migrations.at(-1)?.number ?? 0;
  const found = applied.reduce((most, { number }) => Math.max(most, number), 0);
  const made = applied.find(({ number }) => number === VIEWS)?.name;
  if (found === known && made === digestOf(views)) return;
  if (found > known) {
    throw new StoreError(
      'newer-schema',
      `The store at ${place} was written by a newer version (schema ${found}, this version knows ${known}): use that version.`,
    );
  }
  const what =
    found === 0
      ? 'has no tables of apiris yet'
      : found === known
        ? 'is of another version (its views are not those of this one)'
        : `is of an older version (schema ${found}, not ${known})`;
  throw new StoreError(
    'failed',
    `The store at ${place} ${what}: let what writes into it (analyzer, run or replay) be of this version, and start it once.`,
  );
}

async function rowsOf<T>(client: ClickHouseClient, query: string): Promise<T[]> {
  return (await client.query({ query, format: 'JSONEachRow' })).json<T>();
}
