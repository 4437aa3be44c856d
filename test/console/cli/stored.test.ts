/** The commands about risk over rows in the embedded store itself: what is asked is what is stored, in both languages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deriveKey, KeyedHash } from '../../../analyzer/keyed-hash.ts';
import { textWidth } from '../../../console/cli/width.ts';
import { keyNotices, openKeys } from '../../../deploy/keys.ts';
import { accountHash, traceHashes } from '../../../deploy/lookup.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { Row, Store } from '../../../storage/store/store.ts';
import { callRow, findingRow } from '../../storage/store/rows.ts';
import { runCommand } from './fakes.ts';

const data = mkdtempSync(join(tmpdir(), 'apiris-stored-'));
const secret = '5a'.repeat(32);
const environment = { APIRIS_IDENTITY_KEY: secret, APIRIS_TRACE_KEY: secret };
const mobile = '13912345678';
const login = 'zhang.san';
let store: Store;
let calls: Row[];

const services = {
  // The one that is open here: a process holds one folder.
  openStoreForReading: async () => ({ ...unclosed(store) }),
  traceHashes: (value: string, folder: string, config: Parameters<typeof traceHashes>[2]) =>
    traceHashes(value, folder, config, environment),
  accountHash: (account: string, folder: string, config: Parameters<typeof accountHash>[2]) =>
    accountHash(account, folder, config, environment),
  keyNotices,
};

function unclosed(open: Store): Store {
  return {
    insert: (table, rows) => open.insert(table, rows),
    gather: (table) => open.gather(table),
    ask: (question, parameters) => open.ask(question, parameters),
    stream: (question, parameters) => open.stream(question, parameters),
    close: async () => {},
  };
}

async function command(line: readonly string[], options: { terminal?: boolean } = {}) {
  const run = await runCommand([...line, '--data', data], { services, stdoutTerminal: options.terminal ?? false });
  assert.equal(run.code, 0, run.stderr);
  for (const clear of [mobile, login]) assert.ok(!(run.stdout + run.stderr).includes(clear), `${clear} came back`);
  return run;
}

before(async () => {
  openKeys(data, environment);
  store = await openEmbeddedStore(data);
  const key = (purpose: 'identity' | 'trace') => new KeyedHash(deriveKey(Buffer.from(secret, 'hex'), purpose));
  const hash = key('identity').hexOfText(login);
  calls = Array.from({ length: 400 }, (_, n) => callRow(n)).map((row, n) =>
    n % 7 === 0 ? { ...row, account: `z***#${hash.slice(0, 10)}`, accountHash: hash } : row,
  );
  await store.insert('calls', calls);
  const [one, two, three] = [calls[7]!, calls[14]!, calls[21]!];
  await store.insert(
    'values',
    [one, two].map(({ uid, ts, app }) => ({
      ...{ valueHash: key('trace').hexOfText(mobile), ts, app, uid },
      ...{ direction: 'response', label: 'mobile', place: 'body.data[].mobile' },
    })),
  );
  const account = `z***#${hash.slice(0, 10)}`;
  await store.insert('findings', [
    findingRow('aaaa000000000001', one, {
      level: 'critical',
      account,
      accounts: [account],
      evidence: [one['uid'], two['uid']],
      version: 1,
    }),
    findingRow('bbbb000000000002', two, { kind: 'weakness', level: 'high', rule: 'token-in-url', version: 1 }),
    findingRow('cccc000000000003', three, { kind: 'weakness', level: 'medium', status: 'fixed', version: 1 }),
  ]);
});

after(async () => {
  await store.close();
  rmSync(data, { recursive: true });
});

test('overview: counts, labels given out, open findings by level, the worst of them', async () => {
  const json = JSON.parse((await command(['overview', '--format', 'json'])).stdout);
  assert.equal(json.calls, 400);
  assert.equal(json.applications, new Set(calls.map(({ app }) => app)).size);
  assert.deepEqual([json.weaknesses, json.events], [{ high: 1 }, { critical: 1 }]);
  assert.ok(json.labels.length > 0 && json.labels.every((each: Row) => each['label'] && each['masked'] !== undefined));
  assert.equal(json.days.length, 1);
  assert.ok(json.boundShare > 0.5 && json.boundShare < 1);
  assert.ok(['complete', 'degraded', 'blind'].includes(json.health.state));
  for (const [lang, worst, given] of [
    ['en', 'Data read one by one', 'mobile number'],
    ['zh-CN', '逐个读取数据', '手机号'],
  ] as const) {
    const { stdout } = await command(['overview', '--lang', lang], { terminal: true });
    for (const text of [worst, given, 'aaaa0000']) assert.ok(stdout.includes(text), `${text}\n${stdout}`);
    for (const line of stdout.split('\n')) assert.ok(textWidth(line) <= 100, line);
  }
});

test('findings and one in full, with the calls that are its evidence', async () => {
  const rows = JSON.parse((await command(['findings', '--format', 'json', '--status', 'open'])).stdout) as Row[];
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['aaaa000000000001', 'bbbb000000000002'],
  );
  // A clear account is asked for by its hash.
  const mine = JSON.parse((await command(['findings', '--format', 'json', '--account', login.toUpperCase()])).stdout);
  assert.deepEqual(
    mine.map(({ id }: Row) => id),
    ['aaaa000000000001'],
  );
  const page = (await command(['finding', 'aaaa'], { terminal: true })).stdout;
  assert.match(page, /Evidence: 2 of its calls/);
  assert.match(page, /\[critical\] Data read one by one/);
});

test('trace: by value and by account, in clear', async () => {
  const byValue = JSON.parse((await command(['trace', '--value', `+86 ${mobile}`, '--format', 'json'])).stdout);
  assert.deepEqual(
    byValue.calls.map(({ uid }: Row) => uid),
    [calls[7]!['uid'], calls[14]!['uid']],
  );
  assert.ok(byValue.query.labels.includes('mobile') && byValue.calls[0].matched.length === 1);
  const byAccount = JSON.parse((await command(['trace', '--account', login, '--format', 'json'])).stdout);
  assert.equal(byAccount.calls.length, calls.filter((_, n) => n % 7 === 0).length);
  const shown = calls[7]!['account'] as string;
  const same = JSON.parse((await command(['trace', '--account', shown, '--format', 'json'])).stdout);
  assert.deepEqual(same.calls, byAccount.calls);
});

test('profile of each kind of subject', async () => {
  const { apiId, app, client, account } = calls[7] as Record<'apiId' | 'app' | 'client' | 'account', string>;
  for (const [kind, id] of Object.entries({ api: apiId, app, client, account })) {
    const json = JSON.parse((await command(['profile', kind, id, '--format', 'json'])).stdout);
    assert.ok(json.calls > 0 && json.hours.length > 0 && json.days.length > 0 && json.kind === kind, kind);
    assert.deepEqual(Object.keys(json.labels), ['request', 'response']);
    for (const lang of ['en', 'zh-CN']) {
      const { stdout } = await command(['profile', kind, id, '--lang', lang], { terminal: true });
      for (const line of stdout.split('\n')) assert.ok(textWidth(line) <= 100, line);
    }
  }
  const inClear = JSON.parse((await command(['profile', 'account', login, '--format', 'json'])).stdout);
  assert.equal(inClear.id, account);
});

test('what can only mislead is refused: a mask alone, a text that is no account', async () => {
  for (const [account, expected] of [
    ['z***', /a mask alone may be several accounts: give all of it, with # and ten digits/],
    ['guest', /nothing that is taken for an account's name/],
  ] as const) {
    const run = await runCommand(['calls', '--account', account, '--data', data], { services });
    assert.deepEqual([run.code, run.stdout], [2, '']);
    assert.match(run.stderr, expected);
  }
});

test('a trace by value says when the key was changed; without the key it fails and says so', async () => {
  openKeys(data, { ...environment, APIRIS_TRACE_KEY: 'a5'.repeat(32) });
  openKeys(data, environment);
  const run = await command(['trace', '--value', mobile], { terminal: true });
  assert.match(run.stderr, /The trace key of .* has been changed/);
  const keyless = { ...services, traceHashes: (v: string, d: string, c: never) => traceHashes(v, d, c, {}) };
  const failed = await runCommand(['trace', '--value', mobile, '--data', data], { services: keyless });
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^apiris: There is no .*trace\.key, so nothing in this folder can be looked up/);
});
