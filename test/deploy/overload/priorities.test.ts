/** The table of priorities as the inventory and people fill it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type GradedApi, PriorityFeed, priorityOf, priorityRows } from '../../../deploy/overload/priorities.ts';
import { createShedBoard, ShedReader, writePriorities } from '../../../sensor/shedding/board.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { brokerage, folderOf, replayed } from '../replaying.ts';

const api = (template: string, more: Partial<GradedApi> = {}): GradedApi => ({
  ...{ app: 'a.example', template, format: 'REST', functions: ['query'], grade: '' },
  ...more,
});

test('logins, accounts and trade never; then by grade; what is not graded is left out', () => {
  assert.equal(priorityOf(api('/x', { functions: ['query', 'login'], grade: 'low' })), 'never');
  assert.equal(priorityOf(api('/x', { functions: ['payment'] })), 'never');
  for (const path of ['/api/accounts/{id}', '/tradeOrders/list', '/user/fund-account', '/v1/myPositions/{id}']) {
    assert.equal(priorityOf(api(path, { grade: 'low' })), 'never', path);
  }
  for (const path of ['/traders-guide', '/border', '/disorders', '/counted']) {
    assert.equal(priorityOf(api(path, { grade: 'low' })), 'low', path);
  }
  assert.equal(priorityOf(api('/trade/quote/{id}', { functions: ['quote'], grade: 'none' })), 'low');
  assert.equal(priorityOf(api('/trade/app.js', { format: 'asset' })), 'low');
  assert.equal(priorityOf(api('/x', { grade: 'high' })), 'high');
  assert.equal(priorityOf(api('/x', { grade: 'medium' })), 'medium');
  assert.equal(priorityOf(api('/x')), null);
});

test('operations behind one path are one row; people first, then what matters most', () => {
  const rows = priorityRows(
    [{ app: 'a.example', path: '/x', priority: 'low' }],
    [
      api('/news', { grade: 'low' }),
      api('/rpc', { grade: 'none' }),
      api('/rpc', { functions: ['order'] }),
      api('/new'),
    ],
  );
  assert.deepEqual(rows, [
    { host: 'a.example', path: '/x', priority: 'low', decided: true },
    { host: 'a.example', path: '/rpc', priority: 'never' },
    { host: 'a.example', path: '/news', priority: 'low' },
  ]);
});

test('the same inventory in another order is the same table, and is read once', () => {
  const apis = ['/b', '/a', '/c/{id}'].flatMap((path) =>
    ['z.example', 'a.example'].map((app) => api(path, { app, grade: path === '/a' ? 'high' : 'low' })),
  );
  const rows = priorityRows([], apis);
  assert.deepEqual(
    rows.map(({ host, path }) => host + path),
    ['a.example/a', 'z.example/a', 'a.example/b', 'a.example/c/{id}', 'z.example/b', 'z.example/c/{id}'],
  );
  const board = createShedBoard();
  const reader = new ShedReader(board);
  const readAnew = (feed: readonly GradedApi[]): boolean => {
    const { table } = reader;
    writePriorities(board, priorityRows([], feed));
    reader.refresh();
    return reader.table !== table;
  };
  assert.equal(readAnew(apis), true);
  assert.equal(readAnew([...apis].reverse()), false);
  assert.equal(readAnew(apis.slice(1)), true);
  assert.equal(readAnew(apis), true);
  assert.equal(reader.table!.size, 6);
});

test('a store’s inventory becomes the table', async (t) => {
  const data = join(folderOf(t), 'data');
  const { state } = await replayed(data, [brokerage]);
  const store = await openEmbeddedStore(data);
  try {
    const board = createShedBoard();
    const reader = new ShedReader(board);
    const feed = new PriorityFeed(board, store, []);
    await feed.feed();
    feed.end();
    reader.refresh();
    const { table } = reader;
    assert.ok(table !== null && table.size > 20, `${table?.size} rows`);
    const logins = state.apis.filter((row) => (row['functions'] as string[]).includes('login'));
    assert.ok(logins.length > 0);
    for (const { app, template } of logins) assert.equal(table.of(String(app), String(template), '', ''), 'never');
    const found = new Set(state.apis.map(({ app, template }) => table.of(String(app), String(template), '', '')));
    for (const each of ['never', 'high', 'medium', 'low']) assert.ok(found.has(each as never), each);
  } finally {
    await store.close();
  }
});
