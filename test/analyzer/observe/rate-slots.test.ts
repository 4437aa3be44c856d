/** Hours are learnt apart: of the trading session, of the rest of work days, of free days. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../../analyzer/observation.ts';
import { Rates } from '../../../analyzer/observe/rates.ts';

const t0 = Date.UTC(2026, 2, 1, 16) * 1000; // a Monday's midnight at Shanghai
const second = 1e6;
const hour = 3600 * second;
const day = 24 * hour;
const zone = 8 * hour;
const isFree = (local: number) => (local + 3) % 7 > 4;

class Batch {
  rates = new Rates(zone, undefined, isFree);

  /** Calls from some hour of a day on, one every 1.2 s; what was told of an hour. */
  run(d: number, from: number, calls: number, account: string | undefined = 'batch#1'): Observation[] {
    const told: Observation[] = [];
    for (let i = 0; i < calls; i++) {
      const time = t0 + d * day + from * hour + i * 1.2 * second;
      const functions: string[] = [];
      const where = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x', completeness: 1 };
      told.push(
        ...(this.rates.take({ ...where, functions, client: '198.51.100.7', account, time, uid: `u${time}` }) ?? []),
      );
    }
    const again = new Rates(zone, undefined, isFree);
    again.restore(JSON.parse(JSON.stringify(this.rates.snapshot())));
    this.rates = again;
    return told.filter(({ window, measure }) => window === hour && measure === 'rate-account');
  }
}

test('a batch each night is usual, and the same batch at noon is not', () => {
  const batch = new Batch();
  // Two hours a night, Monday to Saturday: 6,000 calls.
  for (let d = 0; d < 6; d++) assert.deepEqual(batch.run(d, 1, 6000), [], `night ${d}`);
  assert.deepEqual(batch.run(7, 1, 6000), [], 'the night after the week-end');
  const noon = batch.run(7, 12, 6000);
  assert.equal(new Set(noon.map(({ end }) => Math.floor(end / hour))).size, 2, 'in each of two hours');
  assert.ok(noon[0]!.value < 2000 && noon[0]!.numbers['limit']! < 2000, `${noon[0]!.value}`);
  assert.deepEqual(batch.run(8, 1, 6000), [], 'at night it stays usual');
});

test('who works at night and does a little at noon is held at noon against that little', () => {
  const batch = new Batch();
  for (let d = 0; d < 12; d++) {
    if (isFree(Math.floor((t0 + zone) / day) + d)) continue;
    assert.deepEqual(batch.run(d, 12, 60), []);
    assert.deepEqual(batch.run(d, 22, 2900), []);
  }
  const [told] = batch.run(14, 13, 2900);
  assert.equal(told!.numbers['limit'], 1000);
  assert.equal(told!.usual!.median, 63);
});

test('of free days, and of who is new, nothing is known by other hours', () => {
  const batch = new Batch();
  for (let d = 0; d < 5; d++) assert.deepEqual(batch.run(d, 10, 6000), []);
  assert.deepEqual(batch.run(5, 10, 6000), [], 'the first Saturday');
  const fresh = new Batch();
  for (let d = 0; d < 3; d++) assert.deepEqual(fresh.run(d, 1, 6000), []);
  assert.deepEqual(fresh.run(3, 12, 6000), [], 'the fourth day');
});

test('what is learnt is told by slot, those alone in which there was anything, and the one at hand', () => {
  const batch = new Batch();
  for (let d = 0; d < 7; d++) batch.run(d, 1, 6000);
  const hours = [...batch.rates.learnt()].filter((each) => each.measure === 'rate-account' && each.window === hour);
  assert.deepEqual(
    hours.map(({ slot, isLearnt, lessons }) => [slot, isLearnt, lessons[1]!.has]),
    [
      ['off-session', true, 10],
      ['free-day', false, 3],
    ],
  );
});
