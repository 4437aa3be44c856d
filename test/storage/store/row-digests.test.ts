import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type EmbeddedStore, openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { callRows } from './rows.ts';

async function column(store: EmbeddedStore, sql: string): Promise<string[]> {
  const { chunks } = await store.engine.question(sql, {}, 'TSV');
  const octets: Uint8Array[] = [];
  for await (const chunk of chunks) octets.push(chunk);
  return Buffer.concat(octets).toString('utf8').split('\n').filter(Boolean);
}

/** So that they compare as numbers do whose last octet is the highest. */
function reversedOctets(hash: string): Buffer {
  return Buffer.from(hash, 'hex').reverse();
}

test('a row is hashed as its columns in RowBinary in the order of the form, whatever makes them of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-digests-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openEmbeddedStore(folder);
  t.after(() => store.close());
  await store.insert(
    'calls',
    callRows(0, 1000).map((row) => ({ ...row, block: 7 })),
  );
  const form = await store.digests.formOf('calls');
  assert.ok(form.columns.length > 40);
  const reversed = { ...form, columns: [...form.columns].reverse() };
  for (const { encoding, columns } of [form, reversed]) {
    const names = columns.map(({ name }) => `\`${name}\``).join(', ');
    const made = `SELECT lower(hex(SHA256(formatRow('RowBinary', ${names})))) FROM calls WHERE block = 7`;
    const hashes = (await column(store, made)).sort((a, b) => Buffer.compare(reversedOctets(a), reversedOctets(b)));
    assert.equal(new Set(hashes).size, 1000);
    // The list's length, 1000, takes two octets. Some of the hashes end in a zero, which is part of them.
    assert.ok(hashes.some((hash) => hash.endsWith('00')));
    const list = Buffer.from(`e807${hashes.join('')}`, 'hex');
    const [block] = await store.digests.blocks({ encoding, columns }, { from: 7, to: 7, checks: true });
    assert.equal(block!.digest, createHash('sha256').update(list).digest('hex'));
    const calls = await store.digests.calls({ encoding, columns }, 7, block!.month);
    assert.deepEqual(calls.map(({ check }) => check).sort(), hashes.map((hash) => hash.slice(0, 8)).sort());
    assert.equal(Buffer.from(block!.checks, 'base64').toString('hex'), calls.map(({ check }) => check).join(''));
  }
});
