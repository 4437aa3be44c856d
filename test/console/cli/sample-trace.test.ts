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
import { Random } from '../../../deploy/traffic/random.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { Row, Store } from '../../../storage/store/store.ts';
import { callRow } from '../../storage/store/rows.ts';
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
    const row = { ...callRow(calls.length), account, client, persons: given.length };
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
  await store.insert('calls', calls);
  await store.insert('values', values);
});
after(async () => {
  await store.close();
  rmSync(data, { recursive: true });
});

async function trace(content: string | Buffer, format = 'json') {
  const file = join(data, 'leaked.csv');
  writeFileSync(file, content);
  const asked = ['trace', '--values-file', file, '--format', format, '--data', data];
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
  const table = await trace(`${leaked.join('\n')}\n`, 'table');
  assert.match(table.stdout, /narrowest explanation: account a\*\*\*7#00000000ff had 200 of the 200/);
});

test('spaces, +86, full width, quotes, columns, GB18030 and UTF-16 are read; what cannot be is told by line', async () => {
  const [a, b, c, d, e] = leaked as [string, string, string, string, string];
  const wide = [...c].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
  const text = `姓名,手机\r\n张三,+86 ${a}\r\n李四,"${b}"\r\n王五,${wide}\r\n赵六,139-${d.slice(3, 7)}-${d.slice(7)}\r\n,138****5678\r\n?,nothing\r\n周七,${e}\r\n周七,${e}\r\n`;
  const run = await trace(text);
  assert.equal(run.code, 3, 'done, and some lines could not be looked for');
  const { query } = JSON.parse(run.stdout);
  assert.deepEqual([query.values, query.found, query.masked, query.skipped], [5, 5, 1, 1]);
  const table = await trace(text, 'table');
  assert.match(table.stderr, /1 lines are masked .* line 6/);
  assert.match(table.stderr, /line 7/);
  assert.equal((await trace(Buffer.from(`\ufeff${a}\n${b}\n`, 'utf16le'))).code, 0);
  // «手机» in GB18030.
  assert.equal((await trace(Buffer.concat([Buffer.from('cad6bbfa0a', 'hex'), Buffer.from(`${a}\n`)]))).code, 0);
});

test('a file that is none, or has nothing to look for, is refused in a sentence', async () => {
  for (const [content, said] of [
    [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 1]), /neither UTF-8/],
    ['138****5678\n139****0000\n', /2 lines are masked/],
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
