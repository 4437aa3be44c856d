/** A process that was killed while a month left. What goes in which order: test/deploy/disk.test.ts. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { callRows } from './rows.ts';

const monthUs = 40 * 86_400e6;

test('a process killed while a month leaves is gone on from when the store is opened', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-thinning-'));
  const data = join(folder, 'data');
  let store = await openEmbeddedStore(data);
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const old: Record<string, unknown>[] = callRows(80, 80).map((row) => {
    return { ...row, ts: Number(row['ts']) - monthUs, completedTs: Number(row['completedTs']) - monthUs };
  });
  await store.insert('calls', callRows(0, 80));
  await store.insert('calls', old);
  const evidence = String(old[7]!['uid']);
  const finding = { id: 'f', kind: 'event', status: 'unconfirmed', evidence: [evidence], version: 1 };
  await store.insert('findings', [finding]);
  await store.close();
  // What a killed process leaves, as a step of the schema: before the store is there for anybody.
  const tables = join(folder, 'tables');
  cpSync(shippedFiles().tables, tables, { recursive: true });
  const left = `CREATE TABLE callsLeaving AS calls;
ALTER TABLE calls MOVE PARTITION 202403 TO TABLE callsLeaving;
`;
  writeFileSync(join(tables, '999-killed.sql'), left);
  store = await openEmbeddedStore(data, { files: { ...shippedFiles(), tables: pathToFileURL(`${tables}/`) } });
  const calls = await store.ask<{ uid: string }>('calls', { limit: 1000 });
  assert.equal(calls.length, 81);
  assert.ok(calls.some(({ uid }) => uid === evidence));
  assert.deepEqual(await store.engine.thinning.thinnable('calls'), []);
});
