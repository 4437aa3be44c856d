/** What an id alone tells: a stem that counters share and random ids do not, and whether it is a clock reading. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClock, stemOf } from '../../../analyzer/identify/guessable.ts';

/** 4 March 2026, 02:00:00.123 UTC. */
const ts = 1_772_589_600_123_000;

test('ids that differ in their last 32 bits have one stem, others have not', () => {
  for (const [a, b] of [
    ['0000000000012345678', '0000000000012345912'],
    ['TRADE-SESSION-000041', 'TRADE-SESSION-999999'],
    ['00000000000000000000a1b2c3d4e5f6', '00000000000000000000a1b2ffffffff'],
    ['1976543210987654321', '1976543210123456789'],
    ['c2Vzc2lvbjoxMDAwMjM=', 'c2Vzc2lvbjoxMDAwMjQ='],
    ['ABCDEF0123456789000000000001.node1', 'ABCDEF0123456789000000000002.node2'],
  ] as const) {
    assert.ok(stemOf(a) !== '' && stemOf(a) === stemOf(b), `${a} ${b}`);
  }
  for (const [a, b] of [
    ['9f86d081884c7d659a2feaa0c55ad015', '9f86d081884c7d659a3feaa0c55ad015'],
    ['user-100023.Zq8Lr2Xv9TnB4kWm7Yd1xA', 'user-100024.p0QeM2b7Vx1LhT5sRf9KcU'],
    ['TRADE-SESSION-Zq8Lr2Xv9T', 'TRADE-SESSION-nB4kWm7Yd1'],
    ['5e884898da28047151d0e56f8dc62927.node1', '6b86b273ff34fce19d6b804eff5a3f57.node1'],
  ] as const) {
    assert.notEqual(stemOf(a), stemOf(b), `${a} ${b}`);
  }
  for (const short of ['', '100023', '1772589600123', 'x'.repeat(129)]) assert.equal(stemOf(short), '', short);
});

test('a time near the exchange with few bits beside it is a clock', () => {
  for (const id of [
    '20260304020000123042',
    'S20260304100000-000042',
    '1772589600123000017',
    'user7_1772589599999',
    '69a79260a1b2c3d4e5000001',
    '69a79260-00001f-00042',
    '20260304100000A1B2C3D4',
  ]) {
    assert.ok(isClock(id, ts), id);
  }
  const ticks = (BigInt(Math.floor(ts / 1e6)) + 12_219_292_800n) * 10_000_000n;
  const hex = ticks.toString(16).padStart(15, '0');
  const uuid = `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-8a3f-0242ac120002`;
  assert.ok(isClock(uuid, ts), uuid);
  assert.ok(!isClock(uuid, ts + 2 * 3600e6));
});

test('other times, and a time beside something random, are no clock', () => {
  for (const id of [
    '20250304020000123042',
    '1672589600123000017',
    '1772589600123-9f86d081884c7d659a2feaa0c55ad015',
    '20260304020000-Zq8Lr2Xv9TnB4kWm7Yd1',
    '9f86d081884c7d659a2feaa0c55ad015',
    '019cb6a1-b07b-7c4e-9d2f-3a8b7c6d5e4f',
    '7a1d3c52-9b1e-4f0a-8c3d-2e1f0a9b8c7d',
    '1772589600',
  ]) {
    assert.ok(!isClock(id, ts), id);
  }
});
