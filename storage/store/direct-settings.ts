/** Rows of `settings` beside the Store: it waits for a server that is away, and needs its tables. */
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import type { DirectSettings, Setting } from './engine.ts';

const UNKNOWN_TABLE = '60';

export function directSettings(client: ClickHouseClient): DirectSettings {
  return {
    async read(name) {
      const query = 'SELECT value, version FROM settings FINAL WHERE name = {name:String}';
      try {
        const result = await client.query({ query, query_params: { name }, format: 'JSONEachRow' });
        const [row] = await result.json<Setting>();
        return row ?? null;
      } catch (error) {
        if (error instanceof ClickHouseError && error.code === UNKNOWN_TABLE) return null;
        throw error;
      }
    },
    async write(name, { value, version }) {
      await client.command({
        query: 'INSERT INTO settings (name, value, version) SELECT {name:String}, {value:String}, {version:UInt64}',
        query_params: { name, value, version },
      });
    },
  };
}
