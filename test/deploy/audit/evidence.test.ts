/** An evidence bundle is proven by sha256sum and openssl alone, and no longer when an octet of it changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { ruleText, signEvidence } from '../../../deploy/audit/audit.ts';
import { config, folderOf } from '../replaying.ts';

/** Files of a ZIP by its directory, as APPNOTE 4.3 says it. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i++) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    const [crc, size, name] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + size);
    assert.equal(crc32(content), crc);
    files.set(zip.toString('latin1', at + 46, at + 46 + name), content);
    at += 46 + name;
  }
  return files;
}

test('the bundle is proven by the tools its VERIFY.txt names', (t) => {
  const folder = folderOf(t);
  mkdirSync(join(folder, 'data'));
  const bundle = signEvidence(join(folder, 'data'), { 'finding.json': '{"id":"f1"}\n', 'rule.yml': 'name: x\n' }, {});
  const files = unzipped(Buffer.from(bundle.zip));
  const out = join(folder, 'bundle');
  mkdirSync(out);
  for (const [name, content] of files) writeFileSync(join(out, name), content);
  const run = (line: string) => spawnSync(line, { shell: true, cwd: out, encoding: 'utf8' });
  const instructions = readFileSync(join(out, 'VERIFY.txt'), 'utf8');
  const commands = instructions
    .split('\n')
    .filter((line) => /^ {5}\S/.test(line))
    .map((line) => line.split('      (')[0]!.trim());
  assert.equal(commands.length, 2 + 1);
  const tools = ['sha256sum --version', 'openssl version'].map((line) => run(line));
  if (tools.some(({ status }) => status !== 0) || !/OpenSSL 3/.test(tools[1]!.stdout)) {
    t.diagnostic('absent: sha256sum and OpenSSL 3');
    return;
  }
  const [sums, signature, key] = commands.map((line) => run(line));
  assert.equal(sums!.status, 0, sums!.stdout + sums!.stderr);
  assert.equal(signature!.status, 0, signature!.stdout + signature!.stderr);
  assert.equal(key!.stdout.slice(0, 16), bundle.writer);
  writeFileSync(join(out, 'finding.json'), '{"id":"f2"}\n');
  assert.notEqual(run(commands[0]!).status, 0, 'a file was changed');
  writeFileSync(
    join(out, 'SHA256SUMS'),
    readFileSync(join(out, 'SHA256SUMS'), 'utf8').replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a')),
  );
  assert.notEqual(run(commands[1]!).status, 0, 'the list was changed');
});

test('the text of a rule is found by its name or id; what is no name finds none', () => {
  assert.match(ruleText(config, 'data-traversal'), /name: data-traversal/);
  assert.equal(ruleText(config, 'there.*is none'), '');
});
