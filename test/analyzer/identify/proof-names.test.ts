/** What fields promise against replays, by their names, and what a call carries of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proofBits, proofList, proofsOf } from '../../../analyzer/identify/proof-names.ts';
import { read } from '../read-exchange.ts';

test('names of request numbers, times and signatures; others are none', () => {
  const named = (names: string) => names.split(' ').map((name) => proofList(proofsOf(name)).join());
  assert.deepEqual(
    new Set(named('nonce nonceStr X-Nonce request_id reqNo Idempotency-Key flowNo clientOrderId out_trade_no clOrdId')),
    new Set(['request-id']),
  );
  assert.deepEqual(
    new Set(named('timestamp X-Timestamp ts reqTime X-Ca-Timestamp requestTime')),
    new Set(['timestamp']),
  );
  assert.deepEqual(new Set(named('sign signature X-Ca-Signature sig hmac 签名 Content-MD5')), new Set(['signature']));
  assert.deepEqual(new Set(named('date orderNo designer time assigned page size traceparent id')), new Set(['']));
});

test('lists and bits are the same', () => {
  for (let bits = 0; bits < 8; bits++) assert.equal(proofBits(proofList(bits)), bits);
});

test('a call carries what its content, its query and its header fields promise; empty fields promise nothing', () => {
  const of = (target: string, headers: readonly string[], body: string) =>
    read({
      request: {
        ...{ method: 'POST', target },
        headers: [...headers, 'Content-Type', 'application/json', 'Content-Length', `${body.length}`],
      },
      requestBody: body,
    }).proofs;
  assert.deepEqual(of('/order', [], '{"symbol":"600000","amount":100}'), []);
  assert.deepEqual(of('/order', [], '{"nonce":"a1b2c3","order":{"sign":"0f0f"}}'), ['request-id', 'signature']);
  assert.deepEqual(of('/order?timestamp=1772589600', [], '{"a":1}'), ['timestamp']);
  assert.deepEqual(of('/order', ['X-Nonce', 'a1b2c3', 'X-Signature', 'ab12'], '{"a":1}'), ['request-id', 'signature']);
  assert.deepEqual(of('/order', ['Date', 'Tue, 03 Mar 2026 02:00:00 GMT'], '{"nonce":""}'), []);
});
