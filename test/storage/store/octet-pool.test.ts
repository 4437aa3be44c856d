import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveBack, lendBuffer } from '../../../storage/store/octet-pool.ts';

test('what was given back is lent again, once, to whoever needs as much', () => {
  const first = lendBuffer(100_000);
  assert.equal(first.length, 131_072);
  giveBack([first.subarray(0, 70_000)]);
  giveBack([first]);
  const [again, other] = [lendBuffer(131_072), lendBuffer(131_072)];
  assert.equal(again.buffer, first.buffer);
  assert.notEqual(other.buffer, first.buffer);
  assert.ok(lendBuffer(131_073).length === 262_144);
});

test('a buffer of others stays theirs', () => {
  const small = Buffer.from('a text of the pool that Node has for small ones');
  const large = Buffer.allocUnsafeSlow(1 << 20);
  giveBack([small, large]);
  assert.notEqual(lendBuffer(1 << 20).buffer, large.buffer);
});

test('no more is kept than its bound', () => {
  const lent = Array.from({ length: 12 }, () => lendBuffer(16 * 2 ** 20));
  giveBack(lent);
  const known = new Set(lent.map(({ buffer }) => buffer));
  const again = Array.from({ length: 12 }, () => lendBuffer(16 * 2 ** 20).buffer);
  const kept = again.filter((buffer) => known.has(buffer)).length;
  assert.ok(kept >= 1 && kept <= 4, `${kept} were kept`);
});
