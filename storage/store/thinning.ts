/**
 * Months that go before their time, because the disk is full: all of them but what open findings point to. A month is moved
 * aside as it is, which takes no room and lets rows come meanwhile; what is to stay comes back; the rest is dropped. A
 * process killed in between leaves the table aside, and the next one goes on from it: nothing that is to stay is lost.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Forget, ThinnedTable, Thinning } from './engine.ts';

const TABLES: readonly ThinnedTable[] = ['calls', 'values'];

const FORGET_MS = 10_000;

const aside = (table: ThinnedTable) => `${table}Leaving`;

/** What open findings point to, as calls are numbered. */
const EVIDENCE = `(SELECT reinterpretAsUInt64(reverse(unhex(substring(uid, 1, 16)))), toUInt32OrZero(substring(uid, 18))
  FROM findingRows ARRAY JOIN evidence AS uid WHERE open)`;

export function thinningOf(client: ClickHouseClient, forget: Forget): Thinning {
  const rowsOf = async <T>(query: string): Promise<T[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  const run = (query: string) => client.command({ query });
  const months = async (tables: readonly string[]) => {
    const found = await rowsOf<{ partition: string }>(
      `SELECT DISTINCT partition FROM system.parts WHERE database = currentDatabase() AND active
        AND table IN (${tables.map((table) => `'${table}'`).join(', ')}) ORDER BY partition`,
    );
    return found.map(({ partition }) => partition).filter((partition) => /^\d{6}$/.test(partition));
  };

  /** Brings back what is to stay, and drops the rest. */
  async function settle(table: ThinnedTable): Promise<number> {
    const names = await rowsOf<{ name: string }>(
      `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${table}'
        AND default_kind IN ('', 'DEFAULT') ORDER BY position`,
    );
    const columns = names.map(({ name }) => `\`${name}\``).join(', ');
    const stays = `FROM ${aside(table)} FINAL WHERE (flow, depth) IN ${EVIDENCE}`;
    const [{ rows } = { rows: 0 }] = await rowsOf<{ rows: number }>(`SELECT count() AS rows ${stays}`);
    if (rows > 0) await run(`INSERT INTO \`${table}\` (${columns}) SELECT ${columns} ${stays}`);
    await run(`DROP TABLE ${aside(table)} SYNC SETTINGS max_table_size_to_drop = 0`);
    return rows;
  }

  async function finish(): Promise<void> {
    const left = await rowsOf<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = currentDatabase()
        AND name IN (${TABLES.map((table) => `'${aside(table)}'`).join(', ')})`,
    );
    for (const table of TABLES) if (left.some(({ name }) => name === aside(table))) await settle(table);
  }

  return {
    finish,
    async thinnable(table) {
      const newest = (await months(TABLES)).at(-1);
      const found: string[] = [];
      for (const month of await months([table])) {
        if (month === newest) continue;
        const [more] = await rowsOf(
          `SELECT 1 FROM \`${table}\` WHERE toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC')) = ${month}
            AND (flow, depth) NOT IN ${EVIDENCE} LIMIT 1`,
        );
        if (more !== undefined) found.push(month);
      }
      return found;
    },
    async thin(table, month) {
      await finish();
      // On a disk without room the word that sums hold no more waits too, and must not keep the room from coming.
      const forgotten = table === 'calls' ? forget([month]) : undefined;
      try {
        await Promise.race([forgotten, wait(FORGET_MS, undefined, { ref: false })]);
        await run(`CREATE TABLE ${aside(table)} AS \`${table}\``);
        await run(`ALTER TABLE \`${table}\` MOVE PARTITION ${month} TO TABLE ${aside(table)}`);
        return await settle(table);
      } finally {
        forgotten?.then(
          (gone) => gone(),
          () => {},
        );
      }
    },
  };
}
