/** A leaked sample in a file: one thief among 500 accounts, and files as people really have them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deriveKey, KeyedHash } from '../../../analyzer/keyed-hash.ts';
import { type CoverRow, narrowest, together } from '../../../console/cli/narrowest.ts';
import { keyNotices, openKeys } from '../../../deploy/keys.ts';
import { traceHashesOfAll } from '../../../deploy/lookup.ts';
import { maskSearch } from '../../../deploy/mask-search.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { Row, Store } from '../../../storage/store/store.ts';
import { apiRow, callRow } from '../../storage/store/rows.ts';
import { runCommand } from './fakes.ts';

const data = mkdtempSync(join(tmpdir(), 'apiris-sample-'));
const secret = '5a'.repeat(32);
const environment = { APIRIS_IDENTITY_KEY: secret, APIRIS_TRACE_KEY: secret };
/** Customers 0 … 1999; the first 200 were leaked. */
const mobiles = Array.from({ length: 2000 }, (_, n) => `139${String(12_340_000 + n * 37).padStart(8, '0')}`);
const leaked = mobiles.slice(0, 200);
const thief = 'a***7#00000000ff';
let store: Store;

const services = {
  openStoreForReading: async (): Promise<Store> => ({
    insert: (table, rows) => store.insert(table, rows),
    gather: (table) => store.gather(table),
    ask: (question, parameters) => store.ask(question, parameters),
    stream: (question, parameters) => store.stream(question, parameters),
    close: async () => {},
  }),
  traceHashesOfAll: (...[values, folder, config]: Parameters<typeof traceHashesOfAll>) =>
    traceHashesOfAll(values, folder, config, environment),
  maskSearch: (folder: string) => maskSearch(folder, environment),
  keyNotices,
};

before(async () => {
  openKeys(data, environment);
  store = await openEmbeddedStore(data);
  const key = new KeyedHash(deriveKey(Buffer.from(secret, 'hex'), 'trace'));
  const random = new Random(7);
  const calls: Row[] = [];
  const values: Row[] = [];
  const give = (account: string, client: string, given: readonly string[]) => {
    const accountHash = account.split('#')[1]!.padEnd(16, '0');
    const row = { ...callRow(calls.length), account, accountHash, client, persons: given.length, format: 'REST' };
    calls.push(row);
    const { ts, app, uid } = row as unknown as { ts: number; app: string; uid: string };
    for (const mobile of given) {
      const rest = { label: 'mobile', direction: 'response', place: 'body.data[].mobile' };
      values.push({ valueHash: key.hexOfText(mobile), ts, app, uid, ...rest });
    }
  };
  // 499 clerks look at some customers each, the leaked ones among them; ten of them share an office's address.
  for (let clerk = 0; clerk < 499; clerk++) {
    const client = `10.1.${clerk % 50}.${clerk % 10}`;
    const account = `c***${clerk % 10}#${String(clerk).padStart(10, '0')}`;
    for (let page = 0; page < 2; page++)
      give(
        account,
        client,
        Array.from({ length: 12 }, () => mobiles[random.below(2000)]!),
      );
  }
  // The thief's thirteen pages of sixteen, among the others' time.
  for (let page = 0; page < 13; page++) give(thief, '10.9.9.9', leaked.slice(page * 16, page * 16 + 16));
  // What the thief did before: a login, and a listing a week earlier that has nothing to do with it.
  const [first] = calls.slice(-13) as unknown as { ts: number }[];
  const rest = {
    account: thief,
    accountHash: '00000000ff000000',
    client: '10.9.9.9',
    success: 1,
    status: 200,
    format: 'REST',
  };
  calls.push(
    { ...callRow(calls.length), ...rest, ts: first!.ts - 7 * 86_400e6, functions: ['query'], template: '/earlier' },
    { ...callRow(calls.length + 1), ...rest, ts: first!.ts - 60e6, functions: ['login'], template: '/login' },
  );
  await store.insert('calls', calls);
  await store.insert('values', values);
  await store.insert('apis', [...new Map(calls.map((call) => [call['apiId'], apiRow(call)])).values()]);
});
after(async () => {
  await store.close();
  rmSync(data, { recursive: true });
});

async function trace(content: string | Buffer, format = 'json', more: readonly string[] = []) {
  const file = join(data, 'leaked.csv');
  writeFileSync(file, content);
  const asked = ['trace', '--values-file', file, '--format', format, '--data', data, ...more];
  const run = await runCommand(asked, { services, stdoutTerminal: format === 'table' });
  for (const clear of leaked.slice(0, 5))
    assert.ok(!(run.stdout + run.stderr).includes(clear), 'a clear value came back');
  return run;
}

test('the thief among 500 accounts is the narrowest explanation of 200 leaked values', async () => {
  const run = await trace(`${leaked.join('\n')}\n`);
  assert.equal(run.code, 0, run.stderr);
  const answer = JSON.parse(run.stdout);
  assert.deepEqual(answer.narrowest, { account: thief, matched: 200, of: 200, found: 200, calls: 13 });
  assert.equal(answer.calls.length, 13);
  assert.ok(answer.accounts.length > 400 && answer.accounts[1].matched < 30, 'the others had a few each');
  assert.equal(answer.clients[0].client, '10.9.9.9');
  assert.ok(answer.apis.length > 0 && answer.days.length > 0);
  const [api] = answer.apis;
  assert.ok(api.app !== '' && api.method !== '' && api.template.startsWith('/'), 'an API is told by name');
  const table = await trace(`${leaked.join('\n')}\n`, 'table');
  assert.match(table.stdout, /narrowest explanation: account a\*\*\*7#00000000ff had 200 of the 200/);
  assert.match(table.stdout, new RegExp(`\n${api.apiId.slice(0, 8)} ${api.method} `));
});

test('the way of the thief begins with the login, and counts what was traced', async () => {
  const run = await trace(leaked.join('\n'), 'json', ['--path']);
  const { paths } = JSON.parse(run.stdout) as {
    paths: { account: string; steps: { role: string; template: string; matched?: number; calls: number }[] }[];
  };
  assert.equal(paths.length, 1);
  const [path] = paths;
  assert.equal(path!.account, thief);
  assert.deepEqual([path!.steps[0]!.role, path!.steps[0]!.template], ['login', '/login']);
  assert.equal(
    path!.steps.reduce((sum, { matched = 0 }) => sum + matched, 0),
    13,
  );
  const table = await trace(leaked.join('\n'), 'table', ['--path']);
  assert.match(table.stdout, /The way of account a\*\*\*7#00000000ff\n/);
});

test('a sample and a value are looked for among the calls of a subject', async () => {
  const office = await trace(leaked.join('\n'), 'json', ['--client', '10.9.9.9', '--app', 'nowhere.example']);
  assert.equal(JSON.parse(office.stdout).query.found, 0);
  const own = await trace(leaked.join('\n'), 'json', ['--client', '10.9.9.9']);
  const { query, accounts } = JSON.parse(own.stdout);
  assert.deepEqual([query.found, accounts.map(({ account }: { account: string }) => account)], [200, [thief]]);
});

test('spaces, +86, full width, quotes, columns, GB18030 and UTF-16 are read; what cannot be is told by line', async () => {
  const [a, b, c, d, e] = leaked as [string, string, string, string, string];
  const wide = [...c].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
  const text = `姓名,手机\r\n张三,+86 ${a}\r\n李四,"${b}"\r\n王五,${wide}\r\n赵六,139-${d.slice(3, 7)}-${d.slice(7)}\r\n,138****5678\r\n?,nothing\r\n周七,${e}\r\n周七,${e}\r\n`;
  const run = await trace(text);
  assert.equal(run.code, 3, 'done, and some lines could not be looked for');
  const { query } = JSON.parse(run.stdout);
  assert.deepEqual([query.found, query.guessed, query.masked, query.skipped], [5, 1, 0, 1]);
  const table = await trace(text, 'table');
  assert.match(table.stderr, /1 lines are masked: .* line 6/);
  assert.match(table.stderr, /line 7/);
  assert.equal((await trace(Buffer.from(`\ufeff${a}\n${b}\n`, 'utf16le'))).code, 0);
  // «手机» in GB18030.
  assert.equal((await trace(Buffer.concat([Buffer.from('cad6bbfa0a', 'hex'), Buffer.from(`${a}\n`)]))).code, 0);
});

test('masked values are looked for as all that they may stand for, and said to be weaker', async () => {
  const masks = leaked.slice(0, 30).map((mobile) => `${mobile.slice(0, 3)}****${mobile.slice(7)}`);
  const run = await trace(`${masks.join('\n')}\n张**\n`);
  assert.equal(run.code, 3, run.stderr);
  const { query, narrowest: best } = JSON.parse(run.stdout);
  assert.deepEqual([query.values, query.found, query.guessed, query.masked], [30, 30, 30, 1]);
  assert.equal(best.account, thief);
  assert.match((await trace(masks.join('\n'), 'table')).stderr, /weaker than a value, since several people/);
  const one = await runCommand(['trace', '--value', masks[0]!, '--format', 'json', '--data', data], { services });
  const answer = JSON.parse(one.stdout);
  assert.ok(
    answer.accounts.some(({ account }: { account: string }) => account === thief),
    one.stderr,
  );
  const open = await runCommand(['trace', '--value', '1**********', '--data', data], { services });
  assert.equal(open.code, 2);
  assert.match(open.stderr, /leaves too much open/);
});

test('a file that is none, or has nothing to look for, is refused in a sentence', async () => {
  for (const [content, said] of [
    [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 1]), /neither UTF-8/],
    ['张**\n1381*******\n', /2 lines are masked/],
    ['', /no line/],
    ['13912345678\n'.repeat(10_001), /more than 10,000 lines/],
  ] as const) {
    const run = await trace(content);
    assert.equal(run.code, 2, run.stderr);
    assert.match(run.stderr, said);
  }
  const absent = await runCommand(['trace', '--values-file', join(data, 'absent'), '--data', data], { services });
  assert.equal(absent.code, 2);
});

test('of those that had all, whoever was given least else; where nobody had nine tenths, the few that had them together', () => {
  const row = (kind: CoverRow['kind'], key: string, items: readonly number[], persons = 10): CoverRow => ({
    ...{ kind, key, calls: 1, persons, first: 0, last: 0, matched: items.length, items },
  });
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const batch = row('account', 'batch', all, 90_000);
  const clerk = row('account', 'clerk', all, 12);
  const api = row('api', 'api', all);
  assert.equal(narrowest([batch, clerk, api], 10)?.row.key, 'clerk');
  assert.equal(narrowest([row('account', 'some', [1, 2]), api], 10)?.kind, 'api');
  assert.equal(narrowest([row('account', 'some', [1, 2])], 10), undefined);
  const parts = together([
    row('account', 'x', [0, 1, 2, 3, 4, 5]),
    row('account', 'y', [4, 5, 6]),
    row('account', 'z', [6, 7, 8, 9]),
  ]);
  assert.deepEqual(
    parts.map(({ row: { key }, adds }) => [key, adds]),
    [
      ['x', 6],
      ['z', 4],
    ],
  );
});
