/** Clear text of a person → the hashes that stand for it in the store. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { accountFact } from '../../analyzer/identify/account.ts';
import { deriveKey, KeyedHash } from '../../analyzer/keyed-hash.ts';
import { loadConfig } from '../../deploy/config.ts';
import { KeyError } from '../../deploy/key-file.ts';
import { keyNotices, openKeys } from '../../deploy/keys.ts';
import { accountHash, traceHashes } from '../../deploy/lookup.ts';
import { recognizer } from './content/written-content.ts';

const data = mkdtempSync(join(tmpdir(), 'apiris-lookup-'));
after(() => rmSync(data, { recursive: true }));
const config = loadConfig(undefined, {});
const secret = Buffer.alloc(32, 7);
const environment = { APIRIS_IDENTITY_KEY: secret.toString('hex'), APIRIS_TRACE_KEY: secret.toString('hex') };
openKeys(data, environment);
const trace = new KeyedHash(deriveKey(secret, 'trace'));
const identity = new KeyedHash(deriveKey(secret, 'identity'));

async function hashesOf(value: string): Promise<Record<string, string>> {
  const found = await traceHashes(value, data, config, environment);
  return Object.fromEntries(found.map(({ label, hash }) => [label, hash]));
}

test('a value has the hash that reading gives it, however it is written', async () => {
  const mobile = trace.hexOfText('13912345678');
  for (const written of ['13912345678', ' +86 139-1234-5678 ', '１３９１２３４５６７８']) {
    assert.equal((await hashesOf(written))['mobile'], mobile, written);
  }
  const id = trace.hexOfText('11010519491231002X');
  for (const written of ['11010519491231002x', '110105491231002']) {
    assert.equal((await hashesOf(written))['id-card'], id, written);
  }
  assert.equal((await hashesOf('6222 0212 3456 7890 128'))['bank-card'], trace.hexOfText('6222021234567890128'));
});

test('only kinds of data that stand for somebody are looked for; a value of no kind has no hash', async () => {
  assert.ok(!('password' in (await hashesOf('13912345678'))));
  assert.deepEqual(await hashesOf('hello'), {});
  assert.deepEqual(await hashesOf(''), {});
});

test('a recognizer of the operator counts', async (t) => {
  const labels = mkdtempSync(join(tmpdir(), 'apiris-lookup-'));
  t.after(() => rmSync(labels, { recursive: true }));
  writeFileSync(join(labels, 'employee.yaml'), recognizer('E\\d{5}'));
  const hash = trace.hexOfText('E12345');
  const isThere = (found: readonly object[]) => JSON.stringify(found).includes('"employee"');
  assert.ok(!isThere(await traceHashes('E12345', data, config, environment)));
  const found = await traceHashes('E12345', data, { ...config, labels: [labels] }, environment);
  assert.ok(isThere(found) && found.every((each) => each.hash === hash));
});

test('an account has the hash that reading gives it', () => {
  for (const account of ['13912345678', 'ZhangSan', ' +86 13912345678', 'zhang.san@example.com', '王伟']) {
    const fact = accountFact(account, 'login', (text) => identity.hexOfText(text))!;
    assert.equal(accountHash(account, data, config, environment), fact.hash, account);
  }
  for (const text of ['', 'guest', 'null']) assert.equal(accountHash(text, data, config, environment), undefined, text);
});

test('without a key nothing is looked up, and it is said', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'apiris-lookup-'));
  try {
    await assert.rejects(traceHashes('13912345678', empty, config, {}), KeyError);
    assert.throws(() => accountHash('zhangsan', empty, config, {}), KeyError);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('after the trace key was changed, values are looked for under both as long as the earlier one lies beside it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-lookup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  openKeys(folder, {});
  const earlier = readFileSync(join(folder, 'trace.key'), 'utf8');
  const [before] = await traceHashes('13912345678', folder, config, {});
  rmSync(join(folder, 'trace.key'));
  assert.equal(openKeys(folder, {}).notices.length, 1);
  const alone = await traceHashes('13912345678', folder, config, {});
  assert.ok(!alone.some(({ hash }) => hash === before!.hash));
  assert.equal(keyNotices(folder).length, 1);
  writeFileSync(join(folder, 'trace-2026.key'), earlier, { mode: 0o600 });
  const both = await traceHashes('13912345678', folder, config, {});
  assert.equal(both.length, 2 * alone.length);
  assert.ok(both.some(({ hash }) => hash === before!.hash));
  assert.deepEqual(keyNotices(folder), []);
});
