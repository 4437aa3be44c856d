import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insideNetworks, knownClients } from '../../../analyzer/judging/networks.ts';

test('inside are private addresses, and what the house says', () => {
  const isInside = insideNetworks(['203.0.113.0/24', '2001:db8:7::/48']);
  for (const address of ['10.1.2.3', '192.168.0.1', '203.0.113.200', '2001:db8:7::5', 'fd00::1']) {
    assert.equal(isInside(address), true, address);
  }
  for (const address of ['203.0.114.1', '2001:db8:8::5', '8.8.8.8', ''])
    assert.equal(isInside(address), false, address);
  assert.equal(insideNetworks([])('203.0.113.200'), false);
});

test('a client is known as each kind whose networks hold it, however many are asked for', () => {
  const kindsOf = knownClients([
    { cidr: '10.2.7.9/32', kind: 'monitor' },
    { cidr: '10.2.0.0/16', kind: 'job' },
  ]);
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(kindsOf('10.2.7.9'), ['monitor', 'job']);
    assert.deepEqual(kindsOf('10.2.7.8'), ['job']);
    for (let n = 0; n < 20_000; n++) assert.deepEqual(kindsOf(`10.3.${n >> 8}.${n & 255}`), []);
  }
});
