import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { replay } from '../../deploy/appliance.ts';
import { DiskReserve } from '../../deploy/disk-reserve.ts';
import { handOver, isRoot, lookUpUser } from '../../deploy/rights.ts';
import { brokerage, config, folderOf } from './replaying.ts';

test('a user is found by name, an unknown one is told', () => {
  assert.deepEqual(lookUpUser('root'), { name: 'root', uid: 0, gid: 0 });
  assert.throws(() => lookUpUser('no-such-user'), { name: 'ConfigError', message: /there is no user no-such-user/ });
});

test('root is given up for good, groups and all, and the folder goes over', (t) => {
  if (!isRoot()) return t.diagnostic('absent: root, so no rights were given up');
  const nobody = lookUpUser('nobody');
  const folder = folderOf(t);
  mkdirSync(join(folder, 'data', 'engine'), { recursive: true });
  writeFileSync(join(folder, 'data', 'engine', 'file'), '');
  mkdirSync(join(folder, 'roots'));
  writeFileSync(join(folder, 'roots', 'file'), '');
  symlinkSync(join(folder, 'roots'), join(folder, 'data', 'engine', 'link'));
  handOver(join(folder, 'data'), nobody);
  for (const name of ['data', 'data/engine', 'data/engine/file']) {
    assert.equal(statSync(join(folder, name)).uid, nobody.uid, name);
  }
  for (const name of ['roots', 'roots/file']) assert.equal(statSync(join(folder, name)).uid, 0, name);
  writeFileSync(join(folder, 'data', '.profile'), '');
  assert.throws(() => handOver(join(folder, 'data'), lookUpUser('root')), {
    name: 'ConfigError',
    message: /\.profile/,
  });
  assert.equal(statSync(join(folder, 'data')).uid, nobody.uid);
  const rights = fileURLToPath(new URL('../../deploy/rights.js', import.meta.url));
  const script = `import { becomeUser, lookUpUser } from ${JSON.stringify(rights)};
    becomeUser(lookUpUser('nobody'));
    let back = true;
    try { process.setuid(0); } catch { back = false; }
    console.log(JSON.stringify([process.getuid(), process.geteuid(), process.getgid(), process.getgroups(), back]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), [nobody.uid, nobody.uid, nobody.gid, [nobody.gid], false]);
});

test('a folder that a replay filled may go over, with whatever it has come to hold', async (t) => {
  if (!isRoot()) return t.diagnostic('absent: root, so no rights were given up');
  const data = join(folderOf(t), 'data');
  await replay({ inputs: [join(dirname(brokerage), 'small/base.pcap')], data, config });
  writeFileSync(join(data, 'trace-2025.key'), '');
  await new DiskReserve(data, 1).hold(2 ** 30);
  const nobody = lookUpUser('nobody');
  handOver(data, nobody);
  for (const name of readdirSync(data)) assert.equal(statSync(join(data, name)).uid, nobody.uid, name);
});
