import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from '../../../analyzer/bounded-cache.ts';
import { apiIdOf } from '../../../analyzer/discover/api-id.ts';
import { appOf } from '../../../analyzer/discover/app.ts';

const fallback = '10.0.0.9:8080';
const rows: readonly (readonly [string, string])[] = [
  ['Trade.Example.com', 'trade.example.com'],
  ['trade.example.com:80', 'trade.example.com'],
  ['trade.example.com:443', 'trade.example.com'],
  ['trade.example.com:8080', 'trade.example.com:8080'],
  ['trade.example.com:', 'trade.example.com'],
  ['trade.example.com.', 'trade.example.com'],
  ['trade.example.com.:8443', 'trade.example.com:8443'],
  [' trade.example.com ', 'trade.example.com'],
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.3:8080', '10.1.2.3:8080'],
  ['[2001:DB8::1]', '[2001:db8::1]'],
  ['[2001:db8::1]:8443', '[2001:db8::1]:8443'],
  ['[2001:db8::1]:443', '[2001:db8::1]'],
  ['my_host', 'my_host'],
  ['', fallback],
  ['.', fallback],
  ['a..b', fallback],
  ['.a', fallback],
  ['2001:db8::1', fallback],
  ['[zz]', fallback],
  ['[]', fallback],
  ['a b', fallback],
  ['a\u0000b', fallback],
  ['a/b', fallback],
  ['user@host', fallback],
  ['host:99999', fallback],
  ['host:8080x', fallback],
  ['<script>', fallback],
  ['%00', fallback],
  ['x'.repeat(254), fallback],
  ['x'.repeat(253), 'x'.repeat(253)],
];

test('the application is the host, or the server when the host is no name', () => {
  for (const [host, app] of rows) assert.equal(appOf(host, '10.0.0.9', 8080), app, JSON.stringify(host));
  assert.equal(appOf('', '2001:db8::9', 80), '[2001:db8::9]:80');
});

test('an API id is a stable hash of its parts, blind to the names of parameters', () => {
  const id = apiIdOf('a.example', 'GET', '/orders/{orderId}', '');
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.equal(apiIdOf('a.example', 'GET', '/orders/{orderId}', ''), id);
  assert.equal(apiIdOf('a.example', 'GET', '/orders/{date}', ''), id);
  const others = [
    apiIdOf('b.example', 'GET', '/orders/{orderId}', ''),
    apiIdOf('a.example', 'POST', '/orders/{orderId}', ''),
    apiIdOf('a.example', 'GET', '/orders/{orderId}/x', ''),
    apiIdOf('a.example', 'GET', '/orders/{orderId}', 'op'),
    apiIdOf('a.example', 'GET', '/orders/{orderId}.json', ''),
    apiIdOf('a.example', 'GET', '/orders/orderId', ''),
  ];
  assert.equal(new Set([id, ...others]).size, 7);
  // The separators of the parts may stand in them.
  assert.notEqual(apiIdOf('a 1', 'b', 'c', 'd'), apiIdOf('a', '1 b', 'c', 'd'));
});

test('a cache never holds more than twice its size, and keeps what is used', () => {
  const cache = new BoundedCache<number>(10);
  for (let i = 0; i < 1000; i++) {
    cache.set(`k${i}`, i);
    cache.set('hot', -1);
    assert.equal(cache.get('hot'), -1);
    assert.ok(cache.length <= 20);
  }
  assert.equal(cache.get('k0'), undefined);
  assert.equal(cache.get('k999'), 999);
});
