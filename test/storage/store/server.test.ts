/** The store on a server: the same contract, and what only a server can do: be away, lose an answer, refuse. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Patience } from '../../../storage/store/patience.ts';
import { openServerStore, openWritableServerStore } from '../../../storage/store/server.ts';
import { type Store, StoreError } from '../../../storage/store/store.ts';
import { EngineServer } from './engine-server.ts';
import { grantedRights, rightsOf } from './rights.ts';
import { callRows } from './rows.ts';

const password = 'p&ss:w0rd';

const away = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

it('a server that is away is given up some time after the end was asked for, by all that wait', async () => {
  const end = new AbortController();
  const patience = new Patience({ place: 'there', tell: () => {}, signal: end.signal, pause: 1, last: 60 });
  let attempts = 0;
  const task = async () => {
    if (++attempts === 3) end.abort();
    return away();
  };
  const givenUp = { name: 'StoreError', code: 'unreachable', message: /did not come back \(connect ECONNREFUSED\)/ };
  await Promise.all([assert.rejects(patience.run(task), givenUp), assert.rejects(patience.run(away), givenUp)]);
  assert.ok(attempts > 3, `${attempts}`);
  let isAsked = false;
  const later = patience.run(async () => (isAsked = true));
  await assert.rejects(later, { name: 'StoreError', code: 'unreachable' });
  assert.equal(isAsked, false, 'nobody waits once more for what was given up');
  const wrong = new Patience({ place: 'there', tell: () => {}, pause: 1 });
  await assert.rejects(
    wrong.run(() => Promise.reject(new Error('Syntax error'))),
    /Syntax error/,
  );
});

it('one that never answers is given up too, and one that does its work is not, however long all of it takes', async () => {
  const patience = new Patience({ place: 'there', tell: () => {}, pause: 1, last: 100 });
  patience.hurry();
  for (let i = 0; i < 5; i++) await patience.run(() => wait(40));
  await wait(150);
  assert.equal(await patience.run(async () => 'done'), 'done', 'time in which it was not asked is not its fault');
  const hung = patience.run(() => new Promise<never>(() => {}));
  await assert.rejects(hung, { name: 'StoreError', code: 'unreachable', message: /it does not answer/ });
});

it('a pause is cut short when the end is asked for', async () => {
  const patience = new Patience({ place: 'there', tell: () => {}, pause: 60_000, last: 50 });
  const begun = performance.now();
  const given = assert.rejects(patience.run(away), { code: 'unreachable' });
  await wait(10);
  patience.hurry();
  await given;
  assert.ok(performance.now() - begun < 5000);
});

it('who may no longer write does not, and all that waits fails by the same words', async () => {
  const patience = new Patience({ place: 'there', tell: () => {}, pause: 1 });
  let isLost = false;
  const lost = new StoreError('locked', 'another writes now');
  patience.guard(() => {
    if (isLost) throw lost;
    return null;
  });
  const waiting = assert.rejects(patience.run(away), lost);
  assert.equal(await patience.run(async () => 1), 1);
  isLost = true;
  await waiting;
  await assert.rejects(
    patience.run(async () => 1),
    lost,
  );
});

describe('a store on a server', () => {
  let server: EngineServer;
  const sentences: string[] = [];
  const open = () =>
    openWritableServerStore({ url: server.url, token: password, tell: (sentence) => sentences.push(sentence) });

  before(async () => {
    server = await EngineServer.open({ password });
  });
  after(() => server.close());

  const counted = async (store: Store) => (await store.ask('calls')).length;

  it('makes its tables, and every insert has a name of its own', async () => {
    const store = await open();
    await store.insert('calls', callRows(0, 100));
    await store.insert('calls', callRows(50, 100));
    assert.equal(await counted(store), 150);
    const inserts = server.told.filter(({ statement }) => /^INSERT INTO `calls`/.test(statement));
    const names = inserts.map(({ settings }) => settings.get('insert_deduplication_token'));
    assert.equal(new Set(names).size, 2, 'two inserts of some of the same rows are two');
    for (const { settings } of inserts) {
      assert.equal(settings.get('async_insert'), '0');
      assert.equal(settings.get('wait_end_of_query'), '1');
    }
    await store.close();
  });

  it('sends an insert whose answer was lost again, by the same name, and has its rows once', async () => {
    const store = await open();
    const before = await counted(store);
    server.losesAnswers = 1;
    server.told.length = 0;
    await store.insert('calls', callRows(1000, 40));
    const names = server.told
      .filter(({ statement }) => /^INSERT INTO `calls`/.test(statement))
      .map(({ settings }) => settings.get('insert_deduplication_token'));
    assert.equal(names.length, 2);
    assert.equal(names[0], names[1]);
    assert.equal(await counted(store), before + 40);
    await store.close();
  });

  it('waits for a server that is away or busy, says so once each way, and loses nothing', async () => {
    const store = await open();
    const before = await counted(store);
    sentences.length = 0;
    server.isAway = true;
    let isStored = false;
    const inserting = store.insert('calls', callRows(2000, 40)).then(() => (isStored = true));
    await wait(600);
    assert.equal(isStored, false);
    server.isAway = false;
    await inserting;
    assert.equal(await counted(store), before + 40);
    assert.equal(sentences.length, 2, sentences.join('\n'));
    assert.match(sentences[0]!, /takes nothing now \(.+\): what is to be stored waits, and nothing is lost/);
    assert.match(sentences[1]!, /takes rows again/);
    server.isBusy = 1;
    await store.insert('calls', callRows(2040, 10));
    assert.equal(await counted(store), before + 50);
    assert.match(sentences[2]!, /takes nothing now \(.*Too many parts/);
    await store.close();
  });

  it('fails at once where waiting mends nothing', async () => {
    const wrong = openWritableServerStore({ url: server.url, token: 'guessed', tell: () => {} });
    await assert.rejects(wrong, { name: 'StoreError', code: 'unreachable', message: /Authentication failed/ });
    const nowhere = openWritableServerStore({ url: 'http://127.0.0.1:1', token: '', tell: () => {} });
    await assert.rejects(nowhere, { name: 'StoreError', code: 'unreachable' });
  });

  it('lets whole months go', async () => {
    const store = await open();
    const day = 86_400e6;
    const [first] = callRows(0, 1);
    const ts = Number(first!['ts']);
    const late = callRows(4000, 10).map((row) => ({ ...row, ts: ts + 400 * day, completedTs: ts + 400 * day + 1 }));
    await store.insert('calls', late);
    // As a server is set for partitions above 50 GB.
    await server.ask('SET max_partition_size_to_drop = 1');
    const announced: string[] = [];
    const gone = await store.engine.dropMonthsBefore('calls', ts + 380 * day, async (months) => {
      announced.push(...months);
    });
    assert.ok(gone.length > 0);
    assert.deepEqual(announced, gone);
    assert.equal(await counted(store), 10);
    await store.close();
  });

  it('needs the rights that deploy/clickhouse.md gives its users, and no others', async () => {
    const written = [...server.statements];
    server.statements.clear();
    const reader = await openServerStore({ url: server.url, token: password });
    assert.equal(await counted(reader), 10);
    await reader.close();
    const rights = (statements: Iterable<string>) => [...new Set([...statements].flatMap(rightsOf))].sort();
    const granted = (user: string) => [...grantedRights().get(user)!].sort();
    assert.deepEqual(rights(server.statements), granted('apiris_reader'));
    // Who writes may ask as well.
    assert.deepEqual(rights([...written, ...server.statements]), granted('apiris'));
  });

  it('says to readers what is wrong with its tables and views', async () => {
    const digest = "INSERT INTO schema_migrations SELECT 0, 'of another version'";
    await server.ask(digest);
    const other = { name: 'StoreError', code: 'failed', message: /another version \(its views.*start it once/ };
    await assert.rejects(openServerStore({ url: server.url, token: password }), other);
    await (await open()).close();
    await (await openServerStore({ url: server.url, token: password })).close();
    await server.ask("INSERT INTO schema_migrations VALUES (999, 'future')");
    const newer = { name: 'StoreError', code: 'newer-schema', message: /newer version \(schema 999/ };
    await assert.rejects(openServerStore({ url: server.url, token: password }), newer);
    await assert.rejects(open(), newer);
    await server.clear();
    const none = { name: 'StoreError', code: 'failed', message: /has no tables of apiris yet.*start it once/ };
    await assert.rejects(openServerStore({ url: server.url, token: password }), none);
  });
});
