import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiIdOf } from '../../../analyzer/discover/api-id.ts';
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
