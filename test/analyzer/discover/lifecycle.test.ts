import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  beginLife,
  type Lifecycle,
  liveOn,
  stateAt,
  transitionsUntil,
  usualPeriods,
} from '../../../analyzer/discover/lifecycle.ts';
import { randomOf } from './random.ts';

const start = Date.UTC(2024, 11, 27, 2) * 1000;
const day = 86_400_000_000;

function lifeOf(days: readonly number[], periods = usualPeriods): Lifecycle {
  const [first, ...more] = days;
  const life = beginLife(start + first! * day);
  for (const at of more) liveOn(life, start + at * day, periods);
  return life;
}

test('new for a week, inactive after a month of silence, revived for a week', () => {
  const life = lifeOf([0, 1, 20, 65]);
  const stateOn = (at: number, of = life) => stateAt(of, start + at * day, usualPeriods);
  assert.equal(stateOn(6.9, lifeOf([0])), 'new');
  assert.equal(stateOn(7, lifeOf([0])), 'active');
  assert.equal(stateOn(49, lifeOf([0, 20])), 'active');
  assert.equal(stateOn(50, lifeOf([0, 20])), 'inactive');
  assert.equal(stateOn(65), 'revived');
  assert.equal(stateOn(72), 'active');
  assert.equal(stateOn(95), 'inactive');
  assert.deepEqual(life.revivals, [{ silentSince: start + 20 * day, at: start + 65 * day }]);
  assert.deepEqual(
    transitionsUntil(life, start + 100 * day, usualPeriods).map(({ state, at }) => [state, (at - start) / day]),
    [
      ['new', 0],
      ['active', 7],
      ['inactive', 50],
      ['revived', 65],
      ['active', 72],
      ['inactive', 95],
    ],
  );
});

test('what comes late makes a life begin earlier and ends no silence', () => {
  const life = lifeOf([50]);
  for (const at of [10, 20]) assert.equal(liveOn(life, start + at * day, usualPeriods), false);
  assert.deepEqual(life, { first: start + 10 * day, last: start + 50 * day, revivals: [] });
  assert.equal(liveOn(life, start + 80 * day, usualPeriods), true);
});

test('a silence shorter than the week of newness is told where periods are set so', () => {
  const periods = { new: 7 * day, inactive: 2 * day, revived: 3 * day };
  const life = lifeOf([0, 3], periods);
  assert.deepEqual(
    transitionsUntil(life, start + 10 * day, periods).map(({ state, at }) => [state, (at - start) / day]),
    [
      ['new', 0],
      ['inactive', 2],
      ['revived', 3],
      ['inactive', 5],
    ],
  );
});

test('the last transition is the state, times ascend, states change, whatever the life', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomOf(seed);
    const periods = { new: (1 + random(9)) * day, inactive: (1 + random(30)) * day, revived: (1 + random(9)) * day };
    const life = beginLife(start);
    let now = start;
    for (let i = 0; i < 60; i++) {
      now += random(4) === 0 ? random(60) * day : random(20) * 3_600_000_000;
      if (random(3) > 0) liveOn(life, now - random(3) * 60_000_000, periods);
      const passed = transitionsUntil(life, now, periods);
      assert.equal(passed.at(-1)?.state, stateAt(life, now, periods));
      assert.ok(passed.length <= 16);
      for (let k = 1; k < passed.length; k++) {
        assert.ok(passed[k]!.at >= passed[k - 1]!.at && passed[k]!.state !== passed[k - 1]!.state);
      }
      // A life is its own snapshot.
      assert.deepEqual(JSON.parse(JSON.stringify(life)), life);
    }
    assert.ok(life.revivals.length <= 8);
  }
});
