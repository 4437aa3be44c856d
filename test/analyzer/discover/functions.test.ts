import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Functions, type Use } from '../../../analyzer/discover/functions.ts';
import { randomOf } from './random.ts';

function use(change: Partial<Use> = {}): Use {
  return {
    apiId: 'aa',
    method: 'POST',
    template: '/servlet/json',
    operation: '301503',
    format: 'form',
    requestType: 'application/x-www-form-urlencoded',
    responseType: 'application/json',
    attachment: false,
    login: false,
    logout: false,
    records: 0,
    statement: '',
    token: false,
    picture: false,
    personal: false,
    asked: [],
    success: true,
    ...change,
  };
}

/** What is told after the calls, each of the same API. */
function after(...changes: readonly Partial<Use>[]): string {
  const functions = new Functions();
  let told: readonly string[] = [];
  for (const change of changes) told = functions.observe(use(change));
  assert.deepEqual(functions.of('aa'), functions.of('aa').length > 0 ? told : []);
  return told.join(' ');
}

const times = (count: number, change: Partial<Use>) => Array.from({ length: count }, () => change);

test('words tell at the first call, behaviour adds', () => {
  assert.equal(after({ template: '/crm/login', operation: '' }), 'login');
  assert.equal(after({}), '');
  assert.equal(after({ login: true }), 'login');
  assert.equal(after(...times(2, { login: true, success: false })), '');
  assert.equal(after(...times(3, { login: true, success: false })), 'login');
  assert.equal(after({ logout: true }), 'logout');
  assert.equal(
    after({ method: 'POST', template: '/api/v1/sessions', operation: '', format: 'REST', login: true }),
    'login',
  );
});

test('files: sheets are exports, others downloads, bodies that nobody writes uploads', () => {
  const get = { method: 'GET', template: '/crm/reports/{date}/{fileName}', operation: '', format: 'REST' } as const;
  assert.equal(after(get), 'query');
  assert.equal(after({ ...get, attachment: true, responseType: 'text/csv' }), 'export');
  assert.equal(
    after({
      ...get,
      attachment: true,
      responseType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    }),
    'export',
  );
  assert.equal(after({ ...get, attachment: true, responseType: 'application/pdf' }), 'download');
  assert.equal(after({ ...get, attachment: true, responseType: 'text/csv', success: false }), 'query');
  assert.equal(after({ requestType: 'multipart/form-data' }), 'upload');
  assert.equal(after({ requestType: 'image/jpeg' }), 'upload');
  for (const requestType of ['', 'application/json', 'text/xml', 'application/soap+xml', 'application/grpc-web']) {
    assert.equal(after({ requestType }), '', requestType);
  }
  // A login whose form goes out in parts.
  assert.equal(after({ template: '/login', operation: '', requestType: 'multipart/form-data' }), 'login');
});

test('statements and rows', () => {
  assert.equal(after(...times(2, { statement: 'select' })), '');
  assert.equal(after(...times(3, { statement: 'select' })), 'database-query');
  assert.equal(after(...times(9, { statement: 'select', success: false })), '');
  assert.equal(after(...times(3, { records: 10 })), 'query');
  assert.equal(after(...times(4, {}), ...times(3, { records: 1 })), '');
});

test('a page that turns out to be an API is read again', () => {
  assert.equal(after({ method: 'GET', template: '/orders', operation: '', format: 'web' }), '');
  assert.equal(
    after(
      { method: 'GET', template: '/orders', operation: '', format: 'web' },
      { method: 'GET', template: '/orders', operation: '', format: 'REST' },
    ),
    'query',
  );
});

test('what never succeeded is told by its words and not kept', () => {
  const functions = new Functions();
  assert.deepEqual(functions.observe(use({ template: '/login', operation: '', success: false })), ['login']);
  assert.deepEqual(functions.observe(use({ template: '/login', operation: '', success: null })), ['login']);
  assert.deepEqual(functions.of('aa'), []);
  assert.equal(functions.snapshot().apis.length, 0);
  assert.deepEqual(functions.observe(use({ method: '', success: true })), []);
});

test('reasons are told by function', () => {
  const functions = new Functions();
  functions.observe(use({ template: '/weituo/list', operation: '' }));
  assert.deepEqual(functions.reasonsOf('aa'), { query: 'word "list"' });
  functions.observe(use({ apiId: 'bb', template: '/weituo', operation: '' }));
  for (let i = 0; i < 3; i++) functions.observe(use({ apiId: 'bb', statement: 'select' }));
  assert.deepEqual(functions.reasonsOf('bb'), {
    'database-query': 'database statements taken in',
    order: 'word "weituo"',
  });
});

test('a full table tells by words and counts', () => {
  const functions = new Functions(2);
  for (const apiId of ['a', 'b', 'c', 'c', 'a']) {
    assert.deepEqual(functions.observe(use({ apiId, template: '/login', operation: '' })), ['login']);
  }
  assert.deepEqual([functions.of('b'), functions.of('c'), functions.refused], [['login'], [], 2]);
});

const paths = ['/login', '/orders', '/servlet/json', '/export/tasks', '/hq/kline', '/files', '/config'];

test('stopping and going on from a snapshot is the same as never stopping; lists are sorted', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const one = <T>(list: readonly T[]): T => list[random(list.length)]!;
    const whole = new Functions(30);
    let parts = new Functions(30);
    for (let i = 0; i < 1200; i++) {
      const id = random(40);
      const call = use({
        apiId: `id${id}`,
        method: id % 3 === 0 ? 'GET' : 'POST',
        template: paths[id % paths.length]!,
        operation: '',
        format: one(['web', 'REST', 'unknown', 'GraphQL']),
        requestType: one(['', 'application/json', 'multipart/form-data']),
        responseType: one(['text/csv', 'application/pdf', '']),
        attachment: random(9) === 0,
        login: random(9) === 0,
        logout: random(30) === 0,
        records: random(3),
        statement: one(['', '', 'select']),
        success: one([true, true, false, null]),
      });
      const told = whole.observe(call);
      assert.deepEqual(parts.observe(call), told);
      assert.deepEqual([...told].sort(), told);
      if (i % 173 !== 80) continue;
      const text = JSON.stringify(parts.snapshot());
      parts = new Functions(30);
      parts.restore(JSON.parse(text));
      assert.equal(JSON.stringify(parts.snapshot()), text);
    }
    assert.deepEqual(parts.snapshot(), whole.snapshot());
    assert.ok(whole.refused > 0);
  }
});
