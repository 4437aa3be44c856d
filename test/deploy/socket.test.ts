/** A running appliance that answers at a socket of the file system. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openToken, readAccess } from '../../deploy/access.ts';
import { openStoreForReading } from '../../deploy/appliance.ts';
import { openOffering } from '../../deploy/offering.ts';
import { clearSocket } from '../../deploy/socket-file.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Engine } from '../../storage/store/engine.ts';
import { offerEngine } from '../../storage/store/offer.ts';
import { openServerStore } from '../../storage/store/server.ts';
import { config, folderOf } from './replaying.ts';

test('its owner alone may ask; commands find it, and it goes with the process', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const socket = join(folder, 'an apiris.sock');
  const store = await openEmbeddedStore(data);
  const token = openToken(data);
  const offering = await openOffering(data, store.engine, token, { socket });
  assert.equal(offering.address, `unix:${socket}`);
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.deepEqual(readAccess(data, process.pid), { url: `unix:${socket}`, token });
  const asked = await openServerStore({ url: `unix:${socket}`, token });
  const [totals] = await asked.ask<{ exchanges: number }>('summary');
  assert.equal(Number(totals!.exchanges), 0);
  await asked.close();
  await assert.rejects(
    openServerStore({ url: `unix:${socket}`, token: 'another' }),
    /cannot be asked: .*[Aa]uthentication/,
  );
  await assert.rejects(
    openOffering(data, store.engine, token, { socket }),
    /an apiris.sock cannot be listened on: it is taken/,
  );
  const beside = await openStoreForReading(data, config);
  assert.deepEqual(await beside.ask('apps'), []);
  await beside.close();
  await offering.close();
  assert.equal(existsSync(socket), false);
  assert.equal(readAccess(data), null);
  await store.close();
});

test('files that are made while it begins to listen have the mode of everybody else', async (t) => {
  const folder = folderOf(t);
  const socket = join(folder, 'a.sock');
  const before = process.umask(0o022);
  try {
    const opening = offerEngine({} as Engine, { socket, token: 'f00d' });
    mkdirSync(join(folder, 'made'));
    const offer = await opening;
    assert.deepEqual([statSync(join(folder, 'made')).mode & 0o777, statSync(socket).mode & 0o777], [0o755, 0o600]);
    assert.equal(process.umask(), 0o022);
    await offer.close();
  } finally {
    process.umask(before);
  }
});

test('what a killed process left is taken away; a file of another kind, and a socket in use, are left alone', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'notes.txt');
  writeFileSync(file, 'mine');
  await clearSocket(file);
  assert.ok(existsSync(file));
  const socket = join(folder, 'a.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await clearSocket(socket);
  assert.ok(existsSync(socket));
  await new Promise((resolve) => server.close(resolve));
  await clearSocket(join(folder, 'none.sock'));
});
