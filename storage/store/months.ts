/** Old months of a table go as whole partitions: nothing is read or written for it. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Forget, Months } from './engine.ts';

/** Where the rows lie, when the table itself only spreads them over a cluster. */
export interface Spread {
  readonly cluster: string;
  readonly local: (table: string) => string;
}

export function monthsOf(
  client: ClickHouseClient,
  /** Of calls: what was summed up of them is to be forgotten before. */
  forget: Forget,
  spread: Spread | null = null,
): Months {
  return {
    async dropMonthsBefore(table, time, announce = async () => {}) {
      const name = spread === null ? table : spread.local(table);
      const parts = spread === null ? 'system.parts' : `clusterAllReplicas(\`${spread.cluster}\`, system.parts)`;
      const result = await client.query({
        query: `SELECT DISTINCT partition FROM ${parts} WHERE database = currentDatabase() AND table = '${name}'
          AND active ORDER BY partition`,
        format: 'JSONEachRow',
      });
      const month = new Date(time / 1000).toISOString().slice(0, 7).replace('-', '');
      const old = (await result.json<{ partition: string }>())
        .map(({ partition }) => partition)
        .filter((partition) => /^\d{6}$/.test(partition) && partition < month);
      if (old.length > 0) await announce(old);
      const gone = old.length > 0 && table === 'calls' ? await forget(old) : () => {};
      const where = spread === null ? '' : ` ON CLUSTER \`${spread.cluster}\``;
      try {
        for (const partition of old) {
          // A server refuses to drop more than 50 GB unless it is told to: what retention names is to go, whatever its size.
          const drop = `ALTER TABLE \`${name}\`${where} DROP PARTITION ${partition}`;
          await client.command({ query: `${drop} SETTINGS max_partition_size_to_drop = 0` });
        }
      } finally {
        gone();
      }
      return old;
    },
  };
}
