import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { forgetAddress, openToken, readAccess, tellAddress } from '../../deploy/access.ts';
import { folderOf } from './replaying.ts';

test('a token is made once, for its owner alone, and goes to nobody but who holds the store', (t) => {
  const data = folderOf(t);
  assert.equal(readAccess(data), null);
  const token = openToken(data);
  assert.match(token, /^[0-9a-f]{48}$/);
  assert.equal(openToken(data), token);
  const file = join(data, 'access.token');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(readAccess(data), null, 'nobody listens yet');
  tellAddress(data, 'http://127.0.0.1:18123');
  assert.deepEqual(readAccess(data, process.pid), { url: 'http://127.0.0.1:18123', token });
  assert.deepEqual(readAccess(data), { url: 'http://127.0.0.1:18123', token }, 'where the holder cannot be seen');
  assert.equal(readAccess(data, process.pid + 1), null, 'left by one that was killed');
  chmodSync(file, 0o644);
  assert.throws(() => readAccess(data, process.pid), { name: 'KeyError', message: /chmod 600/ });
  chmodSync(file, 0o600);
  forgetAddress(data);
  assert.equal(readAccess(data), null);
});
