import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../collect.ts';

interface Script {
  generateReaders(root: string): Promise<{ written: string[]; current: string[] }>;
}

test('readers are generated once, again when a description changes, and stale ones go', async (t) => {
  const packageRoot = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));
  const { generateReaders } = (await import(import.meta.resolve('#root/deploy/build/readers.mjs'))) as Script;
  const root = temporaryFolder(t);
  const formats = 'sensor/capture/formats';
  mkdirSync(join(root, formats), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'), 'dir');
  writeFileSync(join(root, 'package.json'), '{}');
  for (const name of ['pcap.ksy', 'pcapng.ksy'])
    copyFileSync(join(packageRoot, formats, name), join(root, formats, name));
  const both = ['pcap.cjs', 'pcapng.cjs'];
  assert.deepEqual(await generateReaders(root), { written: both, current: [] });
  writeFileSync(join(root, formats, 'generated', 'gone.cjs'), '');
  assert.deepEqual(await generateReaders(root), { written: [], current: both });
  appendFileSync(join(root, formats, 'pcap.ksy'), '# a change\n');
  assert.deepEqual(await generateReaders(root), { written: ['pcap.cjs'], current: ['pcapng.cjs'] });
  assert.deepEqual(readdirSync(join(root, formats, 'generated')).sort(), both);
  appendFileSync(join(root, formats, 'pcap.ksy'), 'nonsense: [\n');
  await assert.rejects(generateReaders(root), /pcap\.ksy/);
});
