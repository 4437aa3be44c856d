import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiIdOf } from '../../../analyzer/discover/api-id.ts';
import { ReadTools } from '../../../analyzer/read.ts';
import { equipment } from '../../equipment.ts';
import { type Exchange, read } from '../read-exchange.ts';

const form = ['Content-Type', 'application/x-www-form-urlencoded'];
const json = ['Content-Type', 'application/json'];

function posted(target: string, headers: readonly string[], requestBody: string): Exchange {
  const length = ['Content-Length', String(Buffer.byteLength(requestBody))];
  return { request: { method: 'POST', target, headers: [...headers, ...length] }, requestBody };
}

/** Target, request, operation, where it stood. */
const rows: readonly (readonly [Exchange, string, string])[] = [
  [{ request: { target: '/servlet/json?funcNo=300100&x=1' } }, '300100', 'query.funcNo'],
  [posted('/servlet/json', form, 'func_no=301503&page=1'), '301503', 'body.func_no'],
  [
    posted('/gw', json, '{"method":"trade.order.create","data":{"method":"email"}}'),
    'trade.order.create',
    'body.method',
  ],
  [posted('/gw', json, '{"head":{"bizCode":"T3001"},"body":{}}'), 'T3001', 'body.head.bizCode'],
  [posted('/gw', json, '{"service":"order","action":"cancel"}'), 'order.cancel', 'body.service+body.action'],
  [{ request: { target: '/index.php?m=user&a=list' } }, 'user.list', 'query.m+query.a'],
  // Data, and what could be somebody's.
  [posted('/gw', json, '{"items":[{"method":"card"}]}'), '', ''],
  [posted('/gw', json, '{"data":{"action":"buy"}}'), '', ''],
  [{ request: { target: '/x?action=13800138000' } }, '', ''],
  [{ request: { target: '/x?func=550e8400-e29b-41d4-a716-446655440000' } }, '', ''],
  [{ request: { target: '/x?action=1' } }, '', ''],
  [{ request: { target: '/x?oper=zhangwei' } }, '', ''],
  [{ request: { target: '/x?a=zhangwei' } }, '', ''],
  [{ request: { target: '/x?m=zhangwei' } }, '', ''],
  [{ request: { target: '/x?a=zhangwei&action=cancel' } }, 'cancel', 'query.action'],
  [{ request: { target: '/x?method=%E5%BC%A0%E4%B8%89' } }, '', ''],
  [posted('/gw', json, '{"m":"user"}'), '', ''],
];

test('a parameter that selects an operation names the API', () => {
  for (const [exchange, operation, place] of rows) {
    const call = read(exchange);
    const shown = `${exchange.request?.target} ${exchange.requestBody ?? ''}`;
    assert.equal(call.operation, operation, shown);
    assert.equal(call.templateReason, place === '' ? '' : `${place}=selector`, shown);
    assert.equal(call.apiId, apiIdOf(call.app, call.method, call.template, operation), shown);
  }
});

test('a protocol’s own name of the operation stands before a parameter’s', () => {
  const call = read(posted('/rpc?action=call', json, '{"jsonrpc":"2.0","id":1,"method":"account.query"}'));
  assert.deepEqual([call.operation, call.templateReason], ['account.query', '']);
});

test('what one request selected says nothing of the next', () => {
  assert.equal(read({ request: { target: '/same?funcNo=300100' } }).operation, '300100');
  assert.equal(read({ request: { target: '/same?page=2' } }).operation, '');
});

test('a function’s number in a path is asked for too, and tells nothing of the numbers that are hidden', () => {
  const asked = (target: string) => read({ request: { target } }).asked;
  for (const target of ['/api/331100', '/servlet/json/407413']) {
    const [fact, ...more] = asked(target);
    assert.deepEqual([fact?.parameter, fact?.ordinal, more.length], ['path.functionNumber', null, 0], target);
  }
  assert.notEqual(asked('/api/331100')[0]!.value, asked('/api/331101')[0]!.value);
  const ids = [100_001, 100_002, 100_003].map((id) => read({ request: { target: `/api/${id}` } }));
  assert.deepEqual(new Set(ids.map(({ template }) => template)), new Set(['/api/{id}']));
  const [first, ...later] = ids.map((call) => call.asked[0]!.ordinal!);
  assert.deepEqual(later, [first! + 1, first! + 2]);
  for (const [i, call] of ids.entries()) assert.ok(!JSON.stringify(call).includes(String(100_001 + i)));
});

test('nothing that may be somebody’s gets into an operation', () => {
  const selectors =
    'function func funcno funcid functioncode trcode bizcode serviceid optype action method cmd op service api a m';
  const values = [
    ...['13800138000', '138-0013-8000', 'tel:13800138000', 'user/13800138000', 'sms.13800138000', 'm.1381234567'],
    ...['11010519491231002X', 'u110105194912310021', 'customer/110105194912310021/orders', '6222021234567890123'],
    ...['E12345678', 'G12345678', 'EA1234567', 'H1234567890', 'H12345678', 'M1234567', 'A1234563', 'AB9876543'],
    ...['19850101', '20000229', 'D19850101', 'user.19850101', '1985-01-01', 'a.b@c.example', 'zhang.san@qq.com'],
    ...['660012345678', '1234567890', 'acct.66001234', 'WangWei-13812345678', 'C-13812345678', 'card:6222021234567890'],
    ...['粤B12345', '张三', '10.1.2.3', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP'],
  ];
  for (const name of selectors.split(' ')) {
    for (const value of values) {
      const asForm = `${name}=${encodeURIComponent(value)}`;
      const found = [
        read({ request: { target: `/x?${asForm}` } }),
        read(posted('/x', form, asForm)),
        read(posted('/x', json, JSON.stringify({ head: { [name]: value } }))),
      ].map(({ operation, templateReason }) => `${operation} ${templateReason}`);
      assert.deepEqual(found, [' ', ' ', ' '], `${name}=${value}`);
    }
  }
  for (const name of ['oper', 'operator', 'opername', 'operid']) {
    assert.equal(read({ request: { target: `/x?${name}=zhangwei` } }).operation, '', name);
  }
});

test('a value that a recognizer knows selects nothing', () => {
  const { recognizers } = equipment.read;
  const [known] = recognizers.recognizers.filter(({ name }) => name === 'customer-number');
  const own = {
    ...known!,
    ...{ name: 'staff', patterns: ['KH\\d{4}'], masked: [], require: [], prove: [], matcher: '', places: [] },
    ...{ context: ['func_no'], hint: [], exclude: [] },
  };
  const options = {
    ...equipment.read,
    recognizers: { ...recognizers, recognizers: [...recognizers.recognizers, own] },
  };
  const operationOf = (tools: ReadTools, target: string): string =>
    read({ request: { target } }, undefined, undefined, tools).operation;
  const using = new ReadTools(options);
  assert.equal(operationOf(using, '/x?funcNo=KH1234'), '');
  assert.equal(operationOf(using, '/x?funcNo=KJ1234'), 'KJ1234');
  assert.equal(read({ request: { target: '/x?funcNo=KH1234' } }).operation, 'KH1234');
});

test('a number that is shown has no ordinal: beside it the application’s offset could be worked out', () => {
  const names = [
    'funcNo',
    'func_no',
    'functionId',
    'bizCode',
    'trancode',
    'page',
    'pageSize',
    'start',
    'per_page',
    'dir',
    'v',
  ];
  for (const name of names) {
    for (const exchange of [
      { request: { target: `/servlet/x?${name}=300100&custNo=880001234` } },
      posted('/servlet/x', form, `${name}=300100&custNo=880001234`),
      posted('/servlet/x', json, `{"${name}":"300100","custNo":"880001234"}`),
    ]) {
      const call = read(exchange);
      const shown = `${call.path}?${call.query} ${call.template} ${call.operation}`;
      const [asked, ...others] = call.asked.filter(({ ordinal }) => ordinal !== null);
      assert.match(asked!.parameter, /custNo$/);
      assert.deepEqual(others, [], `${name}: ${shown}`);
      assert.ok(!shown.includes('880001234'));
    }
  }
});
