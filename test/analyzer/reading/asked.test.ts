import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../read-exchange.ts';

function asked(request: object): string[] {
  const requestBody = JSON.stringify(request);
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(requestBody.length)];
  const call = read({ request: { method: 'POST', target: '/rpc', headers }, requestBody, responseBody: '{}' });
  return call.asked.map(({ parameter }) => parameter).sort();
}

test('the number of a JSON-RPC request names no object; that of a request of another kind does', () => {
  const request = { id: 17, method: 'getPositions', params: { account: '10023', id: 5 } };
  assert.deepEqual(asked({ jsonrpc: '2.0', ...request }), ['body.params.account', 'body.params.id']);
  assert.deepEqual(asked([{ jsonrpc: '2.0', ...request }]), ['body.[].params.account', 'body.[].params.id']);
  assert.ok(asked(request).includes('body.id'));
});
