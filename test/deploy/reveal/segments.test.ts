/** Sealed records: who can open them, what is left of a damaged file, and what goes when. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '../../../deploy/config.ts';
import { expireKept, findKept, keptFolder } from '../../../deploy/reveal/folder.ts';
import { endGrants, grants, writeGrant } from '../../../deploy/reveal/grants.ts';
import { Expiry, expire } from '../../../deploy/reveal/keeping.ts';
import { type Approver, openHalf, openRecord, SegmentCipher } from '../../../deploy/reveal/segment-cipher.ts';
import { SegmentWriter } from '../../../deploy/reveal/segment-writer.ts';
import { folderOf } from '../replaying.ts';

const own = new Uint8Array(randomBytes(32));
const hour = 3_600_000;

function approver(name: string): { readonly approver: Approver; readonly key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const der = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return { approver: { name, publicKey: der }, key: privateKey };
}

const uid = (n: number) => `${n.toString(16).padStart(16, '0')}-${n}`;

test('a record takes both halves, and each approver has one', () => {
  const [wang, zhao, stranger] = [approver('wang'), approver('zhao'), approver('stranger')];
  const cipher = new SegmentCipher(own, [wang.approver, zhao.approver]);
  const { head } = cipher;
  const sealed = cipher.seal(uid(1), Buffer.from('13800138000'));
  assert.ok(!sealed.includes('13800138000'));
  assert.ok(!JSON.stringify(head).includes(Buffer.from(own).toString('base64')));
  for (const { key } of [wang, zhao]) {
    const half = openHalf(head, key, uid(1))!;
    assert.equal(openRecord(head, own, half, uid(1), sealed)?.toString(), '13800138000');
    assert.equal(openRecord(head, new Uint8Array(32), half, uid(1), sealed), null, 'not without the appliance');
  }
  assert.equal(openHalf(head, stranger.key, uid(1)), null);
  assert.equal(openRecord(head, own, new Uint8Array(32), uid(1), sealed), null, 'not without an approver');
});

test('what is granted of one record opens no other, and no record under another name', () => {
  const wang = approver('wang');
  const cipher = new SegmentCipher(own, [wang.approver]);
  const [one, two] = [cipher.seal(uid(1), Buffer.from('one')), cipher.seal(uid(2), Buffer.from('two'))];
  const half = openHalf(cipher.head, wang.key, uid(1))!;
  assert.equal(openRecord(cipher.head, own, half, uid(1), one)?.toString(), 'one');
  assert.equal(openRecord(cipher.head, own, half, uid(2), two), null);
  assert.equal(openRecord(cipher.head, own, half, uid(1), two), null);
});

test('a record that was changed, or cut, does not open', () => {
  const wang = approver('wang');
  const cipher = new SegmentCipher(own, [wang.approver]);
  const sealed = cipher.seal(uid(1), randomBytes(100));
  const half = openHalf(cipher.head, wang.key, uid(1))!;
  for (let at = 0; at < sealed.length; at++) {
    const other = Buffer.from(sealed);
    other[at]! ^= 1;
    assert.equal(openRecord(cipher.head, own, half, uid(1), other), null, `octet ${at}`);
  }
  for (const length of [0, 1, 12, 20, 27, sealed.length - 1]) {
    assert.equal(openRecord(cipher.head, own, half, uid(1), sealed.subarray(0, length)), null, `${length} octets`);
  }
});

test('segments are found by uid, whatever stands in the folder; a cut one up to where it is whole', (t) => {
  const data = folderOf(t);
  const wang = approver('wang');
  const folder = keptFolder(data);
  const options = { folder, own, approvers: [wang.approver], keepMs: hour, bytes: 2 ** 24 };
  const writer = new SegmentWriter(options, () => 1000);
  for (let n = 1; n <= 100; n++) writer.add(uid(n), Buffer.from(`content of ${n}`));
  writer.end();
  assert.deepEqual([writer.kept, writer.lost], [100, 0]);
  const [name] = readdirSync(folder);
  writeFileSync(join(folder, '99999999999999-00000000.sealed'), randomBytes(1000));
  writeFileSync(join(folder, '99999999999998-00000000.sealed'), '{"v":1}\n');
  writeFileSync(join(folder, '99999999999997-00000000.sealed'), '');
  const found = findKept(data, uid(57))!;
  const half = openHalf(found.head, wang.key, uid(57))!;
  assert.equal(openRecord(found.head, own, half, uid(57), found.sealed)?.toString(), 'content of 57');
  assert.equal(findKept(data, uid(101)), null);
  assert.equal(findKept(data, ''), null);
  const path = join(folder, name!);
  truncateSync(path, statSync(path).size - 5);
  assert.equal(findKept(data, uid(100)), null);
  assert.notEqual(findKept(data, uid(99)), null);
  appendFileSync(path, Buffer.alloc(64, 0xff));
  assert.notEqual(findKept(data, uid(99)), null);
});

test('a disk that refuses costs the records and says how many', (t) => {
  const data = folderOf(t);
  // A file where the folder should be.
  writeFileSync(keptFolder(data), '');
  const wang = approver('wang');
  const options = { folder: keptFolder(data), own, approvers: [wang.approver], keepMs: hour, bytes: 2 ** 24 };
  const writer = new SegmentWriter(options, () => 1000);
  for (let n = 1; n <= 10; n++) writer.add(uid(n), Buffer.from('content'));
  writer.end();
  assert.deepEqual([writer.kept, writer.lost], [0, 10]);
});

test('what is too old goes, and what there is no room for, the oldest first', (t) => {
  const data = folderOf(t);
  const wang = approver('wang');
  const folder = keptFolder(data);
  let now = 1_700_000_000_000;
  const bytes = 2 ** 20;
  let least = Number.POSITIVE_INFINITY;
  const writer = new SegmentWriter({ folder, own, approvers: [wang.approver], keepMs: hour, bytes }, () => now);
  for (let n = 1; n <= 300; n++, now += 10_000) {
    writer.add(uid(n), randomBytes(10_000));
    writer.flush();
    expireKept(data, now, bytes);
    const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    // The one that is being filled grows on until it is looked at again.
    assert.ok(total <= bytes + 10_100, `${total} octets`);
    if (n > 150) least = Math.min(least, total);
  }
  writer.end();
  assert.equal(findKept(data, uid(1)), null);
  assert.notEqual(findKept(data, uid(300)), null);
  assert.ok(least > bytes * 0.97, `making room threw away down to ${least} octets`);
  expireKept(data, now + hour + hour / 16 + 1);
  assert.deepEqual(readdirSync(folder), []);
});

test('a segment is as old as its oldest record may be', (t) => {
  const data = folderOf(t);
  const folder = keptFolder(data);
  let now = 1_700_000_000_000;
  const { approver: wang } = approver('wang');
  const writer = new SegmentWriter({ folder, own, approvers: [wang], keepMs: hour, bytes: 2 ** 30 }, () => now);
  for (let n = 1; n <= 64; n++, now += hour / 16 - 1) writer.add(uid(n), Buffer.from('content'));
  writer.end();
  assert.ok(readdirSync(folder).length >= 30, 'a new one begins when time has come');
  expireKept(data, now + hour);
  const left = readdirSync(folder).length;
  assert.ok(left <= 2, `${left} left`);
});

test('grants end by themselves, and files that are no grants are let be', (t) => {
  const data = folderOf(t);
  const grant = { v: 1, uid: uid(1), by: 'li', approver: 'wang', labels: null, half: '' } as const;
  writeGrant(data, { ...grant, request: '0123456789abcdef', until: 2000 });
  writeGrant(data, { ...grant, request: '1123456789abcdef', until: 3000 });
  const folder = join(keptFolder(data), 'grants');
  writeFileSync(join(folder, 'notes.txt'), 'x');
  assert.equal(statSync(join(folder, '0123456789abcdef.grant')).mode & 0o777, 0o600);
  assert.deepEqual(
    grants(data, 2000).map(({ request }) => request),
    ['1123456789abcdef'],
  );
  assert.equal(endGrants(data, 2000, '1123456789abcdef'), true);
  assert.deepEqual(readdirSync(folder), ['notes.txt']);
  mkdirSync(folder, { recursive: true });
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'x');
});

test('a segment whose time is over is closed though nothing more comes: its secret is forgotten', (t) => {
  const data = folderOf(t);
  const folder = keptFolder(data);
  let now = 1_700_000_000_000;
  const { approver: wang } = approver('wang');
  const open = () => readdirSync('/proc/self/fd').filter((fd) => pathOf(fd).startsWith(folder)).length;
  const writer = new SegmentWriter({ folder, own, approvers: [wang], keepMs: hour, bytes: 2 ** 30 }, () => now);
  writer.add(uid(1), Buffer.from('content'));
  writer.flush();
  assert.equal(open(), 1);
  now += hour / 16;
  writer.flush();
  assert.equal(open(), 0);
  writer.add(uid(2), Buffer.from('content'));
  writer.end();
  assert.deepEqual([writer.kept, writer.lost, readdirSync(folder).length], [2, 0, 2]);
});

function pathOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

test('a damaged grant grants nothing, stands in no way, and goes; a draft of long ago does too', (t) => {
  const data = folderOf(t);
  const grant = { v: 1, uid: uid(1), by: 'li', approver: 'wang', labels: null, half: '' } as const;
  writeGrant(data, { ...grant, request: '1123456789abcdef', until: 200_000 });
  const folder = join(keptFolder(data), 'grants');
  assert.deepEqual(readdirSync(folder), ['1123456789abcdef.grant'], 'no draft is left');
  const damaged = [
    '',
    '{"v":1',
    'null',
    '{"v":1,"until":900000}',
    JSON.stringify({ ...grant, request: 'x', until: 900_000 }),
  ];
  for (const [i, text] of damaged.entries()) writeFileSync(join(folder, `000000000000000${i}.grant`), text);
  const [old, fresh] = ['aaaaaaaaaaaaaaaa.grant.draft', 'bbbbbbbbbbbbbbbb.grant.draft'];
  for (const name of [old, fresh]) writeFileSync(join(folder, name), '');
  utimesSync(join(folder, old), 1, 1);
  assert.deepEqual(
    grants(data, 100_000).map(({ request }) => request),
    ['1123456789abcdef'],
  );
  assert.equal(endGrants(data, 100_000), false);
  assert.deepEqual(readdirSync(folder).sort(), ['1123456789abcdef.grant', fresh]);
});

test('what is over goes while a process lasts, whatever it does; what cannot go is told once and ends nothing', async (t) => {
  const data = folderOf(t);
  const folder = keptFolder(data);
  mkdirSync(folder);
  const path = join(folder, '00000000001000-00000000.sealed');
  const told: string[] = [];
  const expiry = new Expiry(data, loadConfig(undefined, {}), (sentence) => told.push(sentence), 5);
  t.after(() => expiry.end());
  const passes = async (what: () => boolean) => {
    for (let i = 0; i < 400 && !what(); i++) await wait(5);
    assert.ok(what());
  };
  writeFileSync(path, '');
  await passes(() => !existsSync(path));
  // A folder by that name cannot be removed as a file, whoever runs this.
  mkdirSync(path);
  const other = join(folder, '00000000000999-00000000.sealed');
  writeFileSync(other, '');
  await passes(() => !existsSync(other) && told.length > 0);
  await wait(30);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /not everything whose time is over could be removed/);
  rmSync(path, { recursive: true });
  expiry.end();
  writeFileSync(other, '');
  await wait(20);
  assert.ok(existsSync(other), 'ended');
});

test('a folder that cannot be read is said, and nothing is thrown', (t) => {
  const data = folderOf(t);
  writeFileSync(keptFolder(data), '');
  assert.match(expire(data, loadConfig(undefined, {})), /ENOTDIR/);
  assert.equal(expire(folderOf(t), loadConfig(undefined, {})), '');
});
