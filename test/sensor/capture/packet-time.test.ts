import assert from 'node:assert/strict';
import test from 'node:test';
import { EARLIEST, LATEST, TimeScale } from '../../../sensor/capture/packet-time.ts';
import { halves, seededRandom } from './made-captures.ts';

/** The same by exact integers: µs of `value` units, cut. */
function exactMicroseconds(value: bigint, exponent: number, isBinary: boolean): bigint {
  const unitsPerSecond = (isBinary ? 2n : 10n) ** BigInt(exponent);
  return (value * 1_000_000n) / unitsPerSecond;
}

test('every resolution gives exact microseconds for every packet time that 64 bits can hold', () => {
  const random = seededRandom(1);
  let compared = 0;
  for (const isBinary of [false, true]) {
    for (let exponent = 0; exponent <= 127; exponent++) {
      const scale = new TimeScale(exponent, isBinary, 0);
      const unitsPerSecond = (isBinary ? 2n : 10n) ** BigInt(exponent);
      for (let i = 0; i < 200; i++) {
        const ts = EARLIEST + Math.floor(random() * (LATEST - EARLIEST));
        // A time in this century, or whatever else fits when the unit is too short for the century.
        const wanted = (BigInt(ts) * unitsPerSecond) / 1_000_000n + BigInt(Math.floor(random() * 1e6));
        const value = BigInt.asUintN(64, wanted);
        const exact = exactMicroseconds(value, exponent, isBinary);
        if (exact > BigInt(Number.MAX_SAFE_INTEGER)) continue;
        const [high, low] = halves(value);
        assert.equal(scale.microseconds(high, low), Number(exact), `${isBinary ? 2 : 10}^-${exponent}: ${value}`);
        compared++;
      }
    }
  }
  assert.ok(compared > 50_000, `${compared} compared`);
});

test('the nanosecond before a microsecond is cut, not rounded', () => {
  const scale = new TimeScale(9, false, 0);
  const [high, low] = halves(1_700_000_000_123_456_999n);
  assert.equal(scale.microseconds(high, low), 1_700_000_000_123_456);
});

test('the time offset is added in seconds, and may be negative', () => {
  const [high, low] = halves(5_000_001n);
  assert.equal(new TimeScale(6, false, 1_700_000_000).microseconds(high, low), 1_700_000_005_000_001);
  assert.equal(new TimeScale(6, false, -4).microseconds(high, low), 1_000_001);
});
