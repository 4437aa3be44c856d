/** The offered engine, as tools meet it over HTTP. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type EmbeddedStore, openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { type Offer, offerEngine } from '../../../storage/store/offer.ts';
import { readInsert, readQuestion, refusalOf } from '../../../storage/store/offer-statements.ts';
import { openServerStore } from '../../../storage/store/server.ts';
import { readStatement, type Statement } from '../../../storage/store/statement-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-offer-'));
const token = 'f00d'.repeat(12);
let store: EmbeddedStore;
let offer: Offer;

before(async () => {
  store = await openEmbeddedStore(folder);
  await store.insert(
    'settings',
    Array.from({ length: 30_000 }, (_, i) => ({ name: `s${String(i).padStart(5, '0')}`, value: `v'${i}`, version: 1 })),
  );
  offer = await offerEngine(store.engine, { host: '127.0.0.1', port: 0, token });
});

after(async () => {
  await offer.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const byKey = { 'X-ClickHouse-Key': token };

async function ask(query: string, parameters: Readonly<Record<string, string>> = {}, headers: object = byKey) {
  const url = new URL(offer.address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const response = await fetch(url, { method: 'POST', body: query, headers: { ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('questions in the body or the address, in the format asked for', async () => {
  assert.equal((await ask('SELECT count() FROM settings')).text, '30000\n');
  assert.equal((await ask('SELECT 1 AS a, 2 AS b FORMAT JSONEachRow;')).text, '{"a":1,"b":2}\n');
  assert.equal((await ask('SELECT 1 AS a', { default_format: 'CSVWithNames' })).text, '"a"\n1\n');
  const url = `${offer.address}/?query=${encodeURIComponent('SELECT 7 FORMAT TSV')}`;
  const got = await fetch(url, { headers: byKey });
  assert.equal(await got.text(), '7\n');
  assert.match(got.headers.get('content-type')!, /tab-separated/);
  for (const statement of ['SHOW TABLES', 'DESCRIBE TABLE settings', 'EXISTS TABLE settings', 'EXPLAIN SELECT 1']) {
    const { status, text } = await ask(statement);
    assert.equal(status, 200, text);
    assert.ok(text.length > 0);
  }
});

test('ten thousand values are asked for as the body of the request', async () => {
  const asked = await openServerStore({ url: offer.address, token });
  const values = Array.from({ length: 10_000 }, (_, i) => `${i.toString(16).padStart(16, '0')}:${i}`);
  assert.deepEqual(await asked.ask('trace-cover', { values }), []);
  await asked.close();
  const part = (name: string, value: string) =>
    `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const typed = { ...byKey, 'Content-Type': 'multipart/form-data; boundary=xyz' };
  const query = part('query', 'SELECT {a:String} AS a, {b:UInt8} AS b');
  const whole = await ask(`${query}${part('param_a', "it's\tone")}${part('param_b', '7')}--xyz--\r\n`, {}, typed);
  assert.equal(whole.text, "it\\'s\\tone\t7\n");
  const cut = await ask(`${query}${part('param_a', 'x')}`, {}, typed);
  assert.equal(cut.status, 400);
  assert.match(cut.text, /not whole/);
  const write = await ask(`${part('query', 'DROP TABLE settings')}--xyz--\r\n`, {}, typed);
  assert.equal(write.status, 403, write.text);
});

test('an answer of many pieces is whole in every format', async () => {
  for (const format of ['JSON', 'CSVWithNames', 'JSONEachRow', 'TSV', 'JSONCompact']) {
    const { text } = await ask(`SELECT name, value FROM settings ORDER BY name FORMAT ${format}`);
    if (format.startsWith('JSON') && format !== 'JSONEachRow') {
      assert.equal((JSON.parse(text) as { data: object[] }).data.length, 30_000);
    } else {
      assert.equal(text.trimEnd().split('\n').length, format === 'CSVWithNames' ? 30_001 : 30_000, format);
    }
  }
});

test('parameters are bound, never spliced', async () => {
  const sql =
    'SELECT {s:String} AS s, {n:UInt16} + 1 AS n, {b:UInt64} AS b, arraySort({a:Array(String)}) AS a FORMAT JSONEachRow';
  const values = {
    param_s: "it''s\\t\\'so\\'",
    param_n: '41',
    param_b: '18446744073709551615',
    param_a: "['b','a\\'']",
  };
  const { status, text } = await ask(sql, values);
  assert.equal(status, 200, text);
  assert.deepEqual(JSON.parse(text.replace('18446744073709551615', '"18446744073709551615"')), {
    ...{ s: "it''s\t'so'", n: 42, b: '18446744073709551615', a: ["a'", 'b'] },
  });
});

test('nothing is changed and nothing outside is reached', async () => {
  const refused = [
    ...[
      'INSERT INTO settings VALUES (1)',
      'DROP TABLE settings',
      'ALTER TABLE settings DELETE WHERE 1',
      'SET readonly=0',
    ],
    ...[
      'SYSTEM SHUTDOWN',
      'CREATE TABLE x (a Int8) ENGINE=Memory',
      "SELECT file('/etc/passwd')",
      'TRUNCATE TABLE settings',
    ],
    ...["SELECT * FROM file('/etc/passwd', 'LineAsString')", "SELECT * FROM url('http://127.0.0.1:9/', 'TSV')"],
    ...["SELECT `file`('/etc/passwd')", '/* SELECT */ DROP TABLE settings', 'SELECT 1 SETTINGS readonly=0'],
    ...["SELECT * FROM executable('id', 'TSV', 'a String')", "SELECT 1 INTO OUTFILE '/tmp/apiris-outfile'"],
    ...['SELECT 1; DROP TABLE settings', 'WITH 1 AS a INSERT INTO settings SELECT 1'],
    // What hides from a reader of another grammar.
    ...[
      "SELECT 1 AS `--`, file('/etc/passwd')",
      "SELECT `fi\\x6ce`('/etc/passwd')",
      "SELECT $$'$$, file('/etc/passwd'), $$'$$",
    ],
    ...["SELECT 1 AS `/*`, file('/etc/passwd') AS `*/`", "SELECT 1 # '\n, file('/etc/passwd') # '"],
    ...["SELECT * APPLY file FROM (SELECT '/etc/passwd')", "SELECT * FROM eval('SELECT file(''/etc/passwd'')')"],
    ...["SELECT * APPLY(`file`) FROM (SELECT '/etc/passwd')", "SELECT \u2018', file('/etc/passwd'), '\u2019"],
    ...[
      "SELECT 1 AS `--` INTO OUTFILE '/tmp/apiris-outfile'",
      "SELECT 1 AS \"'\" INTO OUTFILE '/tmp/apiris-outfile' -- '",
    ],
    ...["SELECT {f:Identifier}('/etc/passwd')", "SELECT 'a' /* ' */, file('/etc/passwd') -- '"],
  ];
  for (const query of refused) {
    const { status, text } = await ask(query);
    assert.ok(status >= 400, `${query}: ${status}`);
    assert.match(text, /^Code: \d+\. DB::Exception: /, query);
    assert.ok(!text.includes('root:'), query);
  }
  assert.ok(!existsSync('/tmp/apiris-outfile'));
  assert.equal((await ask('SELECT count() FROM settings')).text, '30000\n');
  const byGet = await fetch(`${offer.address}/?query=INSERT%20INTO%20decisions%20(id)%20FORMAT%20Native`, {
    headers: byKey,
  });
  assert.equal(byGet.status, 403);
});

test('mistakes come back as ClickHouse tells them', async () => {
  const unknown = await ask('SELECT nosuch');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers.get('x-clickhouse-exception-code'), '47');
  assert.match(unknown.text, /^Code: 47\. DB::Exception: .*nosuch.*UNKNOWN_IDENTIFIER/);
  assert.equal((await ask('SELECT FROM WHERE')).status, 400);
  assert.equal((await ask('SELECT * FROM nosuch')).status, 404);
  assert.equal((await ask('SELECT 1 FORMAT NoSuch')).status, 404);
  assert.equal((await ask(`SELECT '${'x'.repeat(5 * 2 ** 20)}'`)).status, 413);
});

test('only who knows the token is answered, in each of the ways to say it', async () => {
  const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  for (const headers of [byKey, { Authorization: `Bearer ${token}` }, basic(`default:${token}`)]) {
    assert.equal((await ask('SELECT 1', {}, headers)).text, '1\n');
  }
  assert.equal((await ask('SELECT 1', { password: token }, {})).text, '1\n');
  for (const headers of [{}, { 'X-ClickHouse-Key': `${token}0` }, basic('default:'), { Authorization: 'Bearer ' }]) {
    const { status, text } = await ask('SELECT 1', {}, headers);
    assert.equal(status, 403);
    assert.match(text, /^Code: 516\. DB::Exception: Authentication failed/);
  }
  const ping = await fetch(`${offer.address}/ping`);
  assert.equal(await ping.text(), 'Ok.\n');
});

test('answers are compressed for who takes it', async () => {
  const { get } = await import('node:http');
  const headers = { ...byKey, 'Accept-Encoding': 'gzip' };
  const url = `${offer.address}/?query=${encodeURIComponent('SELECT name FROM settings ORDER BY name')}`;
  const parts: Buffer[] = [];
  const coding = await new Promise<string | undefined>((resolve) => {
    get(url, { headers }, (response) => {
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(response.headers['content-encoding']));
    });
  });
  assert.equal(coding, 'gzip');
  assert.equal(gunzipSync(Buffer.concat(parts)).toString().split('\n').length, 30_001);
});

test('many at once are answered, and one who leaves hinders nobody', async () => {
  const leaver = new AbortController();
  const left = fetch(`${offer.address}/?query=SELECT%20*%20FROM%20system.numbers`, {
    headers: byKey,
    signal: leaver.signal,
  });
  const response = await left;
  await response.body!.getReader().read();
  leaver.abort();
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => ask('SELECT {i:UInt8}', { param_i: String(i) })),
  );
  assert.deepEqual(
    answers.map(({ text }) => text),
    Array.from({ length: 12 }, (_, i) => `${i}\n`),
  );
});

test('the Store works over it: questions, streams, and decisions as the one thing that is written', async () => {
  const remote = await openServerStore({ url: offer.address, token });
  const [setting] = await remote.ask<{ value: string }>('setting', { name: 's00007' });
  assert.equal(setting!.value, "v'7");
  const [newest] = await remote.ask<{ ts: number }>('newest');
  assert.equal(newest!.ts, 0);
  const rows: object[] = [];
  for await (const row of remote.stream('calls', { limit: 5 })) rows.push(row);
  assert.deepEqual(rows, []);
  const decision = {
    id: 'd1',
    kind: 'finding',
    subject: 'f1',
    value: '{"status":"fixed"}',
    by: '李',
    note: "it's",
    ts: 5,
  };
  await remote.insert('decisions', [decision]);
  await assert.rejects(remote.insert('settings', [{ name: 'a', value: 'b', version: 1 }]), /readonly|404|only/i);
  await remote.close();
  const stored = await store.ask('decisions', { kind: 'finding' }).catch(() => store.ask('decisions'));
  assert.ok(JSON.stringify(stored).includes("it's"), JSON.stringify(stored));
  await assert.rejects(openServerStore({ url: offer.address, token: 'wrong' }), {
    name: 'StoreError',
    code: 'unreachable',
  });
});

function statementOf(text: string): Statement {
  const statement = readStatement(text);
  assert.ok(typeof statement !== 'string', String(statement));
  return statement;
}

test('statements are told apart by what they are, not by how they are written', () => {
  for (const read of [
    'select 1',
    ' (SELECT 1) UNION ALL (SELECT 2)',
    '-- a\nSELECT 1',
    "SELECT 'file(x)', filename(1)",
    "SELECT '它说: it''s \\' -- /* #$' AS `名称`, t.url /* file( */ FROM t WHERE a LIKE '50\\%'",
  ]) {
    assert.equal(refusalOf(statementOf(read)), null, read);
  }
  for (const other of ['', 'insert into x', "/**/ drop table 'select'", 'SELECT URL (1)', 'selectx', 'KILL QUERY']) {
    assert.notEqual(refusalOf(statementOf(other)), null, other);
  }
  assert.equal(statementOf('SELECT/*1*/"a b",`c`--x\n+2').sql, 'SELECT `a b`,`c` \n+2'.replace('\n', ' '));
  assert.deepEqual(readInsert('INSERT INTO `decisions` (`id`, `by`) FORMAT Native'), {
    table: 'decisions',
    columns: ['id', 'by'],
  });
  for (const other of ['INSERT INTO calls (a) FORMAT Native', 'INSERT INTO decisions (a) SELECT 1 FORMAT Native']) {
    assert.equal(readInsert(other), null);
  }
  assert.equal(readQuestion(statementOf("SELECT ' FORMAT CSV '"), new Map(), 'TSV').format, 'TSV');
});

test('every question of ours may be asked', () => {
  const folder = new URL('storage/store/queries/', import.meta.resolve('#root/package.json'));
  for (const name of readdirSync(folder)) {
    assert.equal(refusalOf(statementOf(readFileSync(new URL(name, folder), 'utf8').replace(/;\s*$/, ''))), null, name);
  }
});

test('more than is taken at once is told before it is sent, and what to do', async () => {
  const beside = await openServerStore({ url: offer.address, token });
  const row = (octets: number) => ({
    id: 'd1',
    kind: 'k',
    subject: 's',
    value: 'x'.repeat(octets),
    by: 'b',
    note: '',
    ts: 1,
  });
  await beside.insert('decisions', [row(4 * 2 ** 20 - 1000)]);
  await assert.rejects(beside.insert('decisions', [row(4 * 2 ** 20)]), {
    name: 'StoreError',
    message: /^This comes to 4\.0 MiB, and a running appliance takes 4\.0 MiB at once: stop it, do this again/,
  });
  await beside.close();
});
