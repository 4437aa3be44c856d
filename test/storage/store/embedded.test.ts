import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { Store } from '../../../storage/store/store.ts';
import { storeContract } from './contract.ts';
import { callRows, withoutLater } from './rows.ts';

const inserter = fileURLToPath(new URL('./inserter.js', import.meta.url));

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'apiris-store-'));
}

function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

storeContract('embedded store', async () => {
  const folder = temporaryFolder();
  let store: Store = await openEmbeddedStore(folder);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openEmbeddedStore(folder);
      return store;
    },
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('embedded store: folder', () => {
  it('works in a folder whose name needs quoting', async (t) => {
    const folder = join(folderOf(t), 'it\'s a \\ 数据 "folder"');
    const store = await openEmbeddedStore(folder);
    await store.insert('calls', callRows(0, 10));
    assert.equal((await store.ask('calls')).length, 10);
    await store.close();
  });

  it('says who holds a locked folder, and lets no engine message out', async (t) => {
    const folder = folderOf(t);
    const store = await openEmbeddedStore(folder);
    await assert.rejects(openEmbeddedStore(folder), { name: 'StoreError', code: 'locked' });
    const other = spawnSync(process.execPath, [inserter, folder, '0', '1', '0'], { encoding: 'utf8' });
    const told = JSON.parse(other.stdout);
    assert.equal(told.code, 'locked');
    assert.ok(told.message.includes(folder), told.message);
    if (existsSync('/proc/locks')) {
      assert.match(told.message, new RegExp(`process ${process.pid}\\b`));
      assert.equal(other.stderr, '');
    }
    await store.close();
    const later = spawnSync(process.execPath, [inserter, folder, '0', '5', '1'], { encoding: 'utf8' });
    assert.equal(later.stdout, '5\n');
    assert.equal(later.stderr, '');
  });

  it('names a folder it cannot write', async (t) => {
    const file = join(folderOf(t), 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'inside')]) {
      await assert.rejects(openEmbeddedStore(folder), (error: Error & { code: string }) => {
        assert.equal(error.code, 'unwritable');
        assert.ok(error.message.includes(folder), error.message);
        return true;
      });
    }
  });

  it('holds one folder a process, and frees it on close', async (t) => {
    const one = folderOf(t);
    const two = folderOf(t);
    const store = await openEmbeddedStore(one);
    await assert.rejects(openEmbeddedStore(two), { code: 'failed', message: /close it before/ });
    await store.close();
    await (await openEmbeddedStore(two)).close();
  });

  it('removes what a killed process left in the spool', async (t) => {
    const folder = folderOf(t);
    mkdirSync(join(folder, 'spool'));
    writeFileSync(join(folder, 'spool', 'calls-0.bin'), 'half a row');
    const store = await openEmbeddedStore(folder);
    assert.deepEqual(readdirSync(join(folder, 'spool')), []);
    await store.insert('calls', callRows(0, 5));
    assert.deepEqual(readdirSync(join(folder, 'spool')), []);
    await store.close();
  });
});

describe('embedded store: schema', () => {
  const shipped = shippedFiles();
  const files = readdirSync(shipped.tables).sort();

  /** A folder with the first `count` migrations; views are of all of them. */
  function earlier(t: TestContext, count: number) {
    const tables = pathToFileURL(`${folderOf(t)}/`);
    for (const file of files.slice(0, count)) copyFileSync(new URL(file, shipped.tables), new URL(file, tables));
    return count === files.length
      ? { ...shipped, tables }
      : { ...shipped, tables, views: pathToFileURL(`${folderOf(t)}/`) };
  }

  it('comes up to date from every earlier version and keeps the rows', async (t) => {
    for (let version = 0; version < files.length; version++) {
      const folder = folderOf(t);
      const old = await openEmbeddedStore(folder, { files: earlier(t, version) });
      if (version > 0) await old.insert('calls', callRows(0, 50).map(withoutLater));
      await old.close();
      const store = await openEmbeddedStore(folder);
      const calls = await store.ask('calls');
      assert.equal(calls.length, version > 0 ? 50 : 0, `from version ${version}`);
      assert.ok(calls.every((call) => call.sampling === 1));
      assert.ok(calls.every((call) => call.account === '' && (call.labelsResponse as unknown[]).length === 0));
      await store.insert('calls', callRows(50, 10));
      assert.equal((await store.ask('calls')).length, calls.length + 10);
      assert.deepEqual(await store.ask('findings'), []);
      await store.close();
    }
  });

  it('makes views anew where they are others than it made, and only there', async (t) => {
    const folder = folderOf(t);
    const views = pathToFileURL(`${folderOf(t)}/`);
    const asked = async (views: URL) => {
      const store = await openEmbeddedStore(folder, { files: { ...shipped, views } });
      try {
        const made = await store.engine.question(
          "SELECT toString(metadata_modification_time) FROM system.tables WHERE database = currentDatabase() AND name = 'callRows'",
          {},
          'TSV',
        );
        const chunks: Uint8Array[] = [];
        for await (const chunk of made.chunks) chunks.push(chunk);
        return [Buffer.concat(chunks).toString(), (await store.ask('calls')).length] as const;
      } finally {
        await store.close();
      }
    };
    const [first] = await asked(shipped.views);
    await wait(1100);
    assert.deepEqual(await asked(shipped.views), [first, 0], 'the same views are let be');
    for (const file of readdirSync(shipped.views)) {
      const text = readFileSync(new URL(file, shipped.views), 'utf8');
      writeFileSync(new URL(file, views), file.endsWith('call-rows.sql') ? `-- Another.\n${text}` : text);
    }
    const [second] = await asked(views);
    assert.notEqual(second, first);
  });

  it('refuses a store of a newer version, and leaves it alone', async (t) => {
    const folder = folderOf(t);
    const newer = earlier(t, files.length);
    writeFileSync(
      new URL('999-future.sql', newer.tables),
      'CREATE TABLE IF NOT EXISTS future (n UInt8) ENGINE = Memory;\n',
    );
    await (await openEmbeddedStore(folder, { files: newer })).close();
    await assert.rejects(openEmbeddedStore(folder), (error: Error & { code: string }) => {
      assert.equal(error.code, 'newer-schema');
      assert.match(error.message, /schema 999-future/);
      return true;
    });
    await (await openEmbeddedStore(folder, { files: newer })).close();
  });
});

describe('embedded store: killed', () => {
  it('has every acknowledged row after kill -9 at any moment', async (t) => {
    const folder = folderOf(t);
    const batch = 400;
    let acknowledged = 0;
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, [inserter, folder, `${acknowledged}`, `${batch}`, '100000']);
      const inserts = 1 + Math.floor(Math.random() * 8);
      const pause = Math.random() * 30;
      t.diagnostic(`round ${round}: killed ${pause.toFixed(1)} ms after insert ${inserts}`);
      const ended = new Promise((resolve) => child.once('close', resolve));
      let seen = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        assert.match(line, /^\d+$/);
        acknowledged = Number(line);
        if (++seen === inserts) void wait(pause).then(() => child.kill('SIGKILL'));
      }
      await ended;
    }
    const store = await openEmbeddedStore(folder);
    const stored = new Set<unknown>();
    for await (const row of store.stream('dump-calls')) {
      assert.ok(!stored.has(row.uid), `${row.uid} twice`);
      stored.add(row.uid);
    }
    const missing = callRows(0, acknowledged).filter((row) => !stored.has(row.uid));
    assert.equal(missing.length, 0);
    // A batch is stored whole or not at all.
    assert.equal(stored.size % batch, 0);
    await store.close();
  });
});
