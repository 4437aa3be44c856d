/** Brings a store's tables up to date: runs `tables/NNN-*.sql` that have not run there yet, in order. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { StoreError } from './store.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Migrations in a folder, by number. Statements end with a semicolon at the end of a line. */
export function readMigrations(folder: URL): Migration[] {
  const migrations: Migration[] = [];
  for (const file of readdirSync(folder).sort()) {
    const parts = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file);
    if (!parts) continue;
    const statements = readFileSync(new URL(file, folder), 'utf8')
      .split(/;\s*$/m)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    migrations.push({ number: Number(parts[1]), name: parts[2]!, statements });
  }
  return migrations;
}

const journal = `CREATE TABLE IF NOT EXISTS schema_migrations (number UInt32, name String)
ENGINE = ReplacingMergeTree ORDER BY number`;

/** A process killed half way runs the migration again: its statements must bear that (`IF NOT EXISTS`). */
export async function migrate(
  client: ClickHouseClient,
  migrations: readonly Migration[],
  place: string,
): Promise<void> {
  await client.command({ query: journal });
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
    for (const query of migration.statements) await client.command({ query });
    // As a question, not as data: the embedded engine would look for more data on standard input, where a capture may be.
    await client.command({
      query: 'INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}',
      query_params: { number: migration.number, name: migration.name },
    });
  }
}
