/**
 * A process to be killed: `node replayer.js DATA SHARDS INPUT…` replays into a store, keeping what it has at every
 * batch. It prints a line a finished insert of calls (the number of calls so far), then the summary or the failure as JSON.
 */

import { replayInto } from '../../deploy/appliance.ts';
import { loadConfig } from '../../deploy/config.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Store, StoreError } from '../../storage/store/store.ts';
import { keys } from '../equipment.ts';

const [data, shards, ...inputs] = process.argv.slice(2);
try {
  const store = await openEmbeddedStore(data!);
  let calls = 0;
  const watched: Store = {
    insert: (table, rows) => store.insert(table, rows),
    gather: (table) => {
      const gathering = store.gather(table);
      let rows = 0;
      return {
        get octets() {
          return gathering.octets;
        },
        add: (row) => {
          gathering.add(row);
          rows++;
        },
        take: () => {
          const stored = gathering.take();
          const count = rows;
          rows = 0;
          return async () => {
            await stored();
            if (table === 'calls' && count > 0) process.stdout.write(`${(calls += count)}\n`);
          };
        },
      };
    },
    ask: (question, parameters) => store.ask(question, parameters),
    stream: (question, parameters) => store.stream(question, parameters),
    close: () => store.close(),
  };
  const config = loadConfig(undefined, {});
  const pace = { rows: 150, octets: 1 << 20, insertEveryMs: 0, saveEveryMs: 0, saveRest: 0 };
  process.stdout.write('0\n');
  const { sources, stored } = await replayInto(watched, { inputs, config, shards: Number(shards), pace, keys });
  await store.close();
  process.stdout.write(`${JSON.stringify({ states: sources.map(({ state }) => state), stored })}\n`);
} catch (error) {
  const { name, code, message } = error as StoreError;
  process.stdout.write(`${JSON.stringify({ name, code, message })}\n`);
}
