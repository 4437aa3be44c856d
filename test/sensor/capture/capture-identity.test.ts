import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { captureIdentity } from '../../../sensor/capture/capture-identity.ts';
import { CaptureError } from '../../../sensor/capture/packet.ts';
import { temporaryFolder } from './collect.ts';

test('the identity is of the first MiB and the size, not of the name', (t) => {
  const folder = temporaryFolder(t);
  const octets = Buffer.alloc(1_500_000, 1);
  const identify = (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return captureIdentity(join(folder, name));
  };
  const first = identify('a', octets);
  copyFileSync(join(folder, 'a'), join(folder, 'b'));
  assert.deepEqual(captureIdentity(join(folder, 'b')), first);
  assert.match(first.id, /^[0-9a-f]{64}$/);
  assert.equal(first.size, 1_500_000);
  const changed = Buffer.from(octets);
  changed[1_048_575] = 2;
  assert.notEqual(identify('c', changed).id, first.id);
  assert.notEqual(identify('d', octets.subarray(1)).id, first.id);
  assert.notEqual(identify('e', Buffer.alloc(0)).id, identify('f', Buffer.alloc(1)).id);
});

test('a file that is not there is an error that names it', (t) => {
  const path = join(temporaryFolder(t), 'nowhere');
  assert.throws(() => captureIdentity(path), CaptureError);
});
