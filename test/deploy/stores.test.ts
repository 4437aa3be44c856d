/** The store on a server that the configuration names: who writes into it, and what is said when it does not come back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../deploy/config.ts';
import { openStore } from '../../deploy/stores.ts';
import { EngineServer } from '../storage/store/engine-server.ts';
import { callRows } from '../storage/store/rows.ts';
import { folderOf } from './replaying.ts';

test('a second writer is refused before it changes a table; what was not written is said at the end', async (t) => {
  const server = await EngineServer.open();
  t.after(() => server.close());
  const folder = folderOf(t);
  const plain = loadConfig(undefined, {});
  const config = { ...plain, store: { ...plain.store, url: server.url } };
  const told: string[] = [];
  const end = new AbortController();
  const open = (data: string) =>
    openStore({
      ...{ data: join(folder, data), config, environment: {} },
      tell: (sentence) => told.push(sentence),
      signal: end.signal,
    });
  const first = await open('one');
  server.statements.clear();
  // As a newer version would find it.
  await server.ask("INSERT INTO schema_migrations SELECT 0, 'of another version'");
  await assert.rejects(open('two'), { name: 'StoreError', code: 'locked', message: /writes into the store at/ });
  const changing = [...server.statements].filter((statement) => !/^SELECT/.test(statement));
  assert.deepEqual(changing, []);

  await first.store.insert('calls', callRows(0, 10));
  server.isAway = true;
  const gathering = first.store.gather('calls');
  for (const row of callRows(100, 7)) gathering.add(row);
  const inserting = Promise.all([
    assert.rejects(first.store.insert('calls', callRows(10, 20)), { name: 'StoreError', code: 'unreachable' }),
    assert.rejects(first.store.insert('sources', [{ id: 'a', name: 'a', version: 1 }]), { code: 'unreachable' }),
  ]);
  // Twenty seconds once the end was asked for: not here.
  const real = setTimeout;
  t.mock.method(globalThis, 'setTimeout', (task: () => void, ms: number) => real(task, ms / 100));
  end.abort();
  await inserting;
  await first.close();
  assert.match(told.at(-1)!, /Rows that were not written into the store at http.*: 27 of calls, 1 of sources\.$/);
  server.isAway = false;
});
