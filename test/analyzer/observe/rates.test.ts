/** Rates of calls: what is usual is learnt, what was set holds, an office is no flood, and a flood teaches nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../../analyzer/observation.ts';
import { type RateLimit, RateLimits } from '../../../analyzer/observe/rate-limits.ts';
import { type RateCall, Rates } from '../../../analyzer/observe/rates.ts';
import { UsualRate } from '../../../analyzer/observe/usual-rate.ts';

const t0 = Date.UTC(2026, 2, 1, 16) * 1000; // midnight at Shanghai
const second = 1e6;
const day = 86_400 * second;
const zone = 8 * 3600 * second;

function call(time: number, account: string | undefined, client = '198.51.100.7'): RateCall {
  return {
    ...{ time, uid: `u${time}`, app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x' },
    ...{ functions: ['query'], client, account, completeness: 1 },
  };
}

/** Ten days of an account: five calls a minute for half an hour, each day. */
function learn(rates: Rates): void {
  for (let d = 0; d < 10; d++)
    for (let i = 0; i < 150; i++) assert.equal(rates.take(call(t0 + d * day + i * 12 * second, 'z***#1')), null);
}

function burst(rates: Rates, from: number, count: number, every: number, account: string | undefined, client?: string) {
  const told: Observation[] = [];
  for (let i = 0; i < count; i++) told.push(...(rates.take(call(from + i * every, account, client)) ?? []));
  return told;
}

test('an account that was slow for days is told of when it is fast, and not again for what was told', () => {
  const rates = new Rates(zone);
  learn(rates);
  const told = burst(rates, t0 + 10 * day, 300, second / 5, 'z***#1');
  const minute = told.find(({ measure, window }) => measure === 'rate-account' && window === 60 * second)!;
  assert.equal(minute.numbers['limit'], 100);
  assert.equal(minute.value, 101);
  assert.equal(minute.numbers['days'], 10);
  assert.equal(minute.usual!.median, 5);
  assert.ok(told.length < 8, `${told.length} observations`);
  // The flood has not become usual.
  const again = burst(rates, t0 + 11 * day, 300, second / 5, 'z***#1');
  assert.equal(again.find(({ window }) => window === 60 * second)!.numbers['limit'], 100);
});

test('who is new is held against four times the floor', () => {
  const told = burst(new Rates(zone), t0, 600, second / 7, 'z***#2');
  const minute = told.find(({ window }) => window === 60 * second)!;
  assert.equal(minute.numbers['limit'], 400);
  assert.equal(minute.usual, undefined);
});

test('what has always been much is told while it is new, and then is usual', () => {
  const rates = new Rates(zone);
  const hour = 3600 * second;
  const hours = (d: number, count: number) =>
    [9, 10, 11, 12]
      .flatMap((h) => burst(rates, t0 + d * day + h * hour, count, 0.29 * second, 'z***#1'))
      .filter(({ window }) => window === hour);
  // A batch of 4,500 calls an hour, where four floors of an account are 4,000.
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((d) => hours(d, 4500).length),
    [4, 4, 4, 0, 0],
  );
  const much = hours(5, 12_400);
  assert.equal(much.length, 4);
  assert.equal(much[3]!.numbers['limit'], 2 * 6143);
  // Each of the four was told of, and none became usual.
  assert.equal(much[3]!.usual!.n, 20);
});

test('what came in one second of 1,500 is not usual, however many seconds there were', () => {
  const rate = new UsualRate();
  const windows = new Float64Array(4);
  for (let s = 0; s < 180_000; s++) {
    windows[0] = s;
    for (let i = s % 1500 === 0 ? 200 : 1; i > 0; i--) rate.add(windows);
  }
  assert.equal(rate.most(0), 1);
  assert.ok(rate.windows(0) > 32_000 && rate.windows(0) < 65_600, `${rate.windows(0)} windows`);
});

test('twenty people behind one address share no limit of one', () => {
  const rates = new Rates(zone);
  const told: Observation[] = [];
  for (let i = 0; i < 1200; i++)
    told.push(...(rates.take(call(t0 + i * (second / 20), `p***#${i % 20}`, '203.0.113.9')) ?? []));
  assert.deepEqual(
    told.filter(({ subject }) => subject.kind === 'client'),
    [],
  );
  const one = burst(new Rates(zone), t0, 1200, second / 20, undefined, '203.0.113.9');
  assert.ok(one.some(({ subject }) => subject.kind === 'client'));
});

test('an API is told of when many call it, not when one does', () => {
  const many = new Rates(zone);
  const told: Observation[] = [];
  for (let i = 0; i < 6000; i++) told.push(...(many.take(call(t0 + i * (second / 100), `p***#${i % 64}`)) ?? []));
  assert.ok(told.some(({ measure }) => measure === 'rate-api'));
  const one = burst(new Rates(zone), t0, 6000, second / 100, 'z***#1');
  assert.ok(!one.some(({ measure }) => measure === 'rate-api'));
});

test('a flood by many is told of behind a large batch by one', () => {
  const rates = new Rates(zone);
  const batch = burst(rates, t0, 20_000, second / 10, 'batch#1', '198.51.100.1');
  const noon = t0 + 12 * 3600 * second;
  const flood: Observation[] = [];
  for (let i = 0; i < 6000; i++) {
    const told = rates.take(call(noon + i * (second / 500), `p***#${i % 400}`, `203.0.113.${i % 50}`));
    flood.push(...(told ?? []));
  }
  const ofApi = ({ measure }: Observation) => measure === 'rate-api';
  assert.deepEqual(batch.filter(ofApi), []);
  assert.deepEqual(new Set(flood.filter(ofApi).map(({ window }) => window)), new Set([second, 60 * second]));
});

test('rates come back from a snapshot as they were', () => {
  const rates = new Rates(zone);
  learn(rates);
  const copy = new Rates(zone);
  copy.restore(JSON.parse(JSON.stringify(rates.snapshot())) as ReturnType<Rates['snapshot']>);
  assert.deepEqual(copy.snapshot(), rates.snapshot());
  const from = t0 + 10 * day;
  assert.deepEqual(burst(copy, from, 300, second / 5, 'z***#1'), burst(rates, from, 300, second / 5, 'z***#1'));
  assert.deepEqual(copy.snapshot(), rates.snapshot());
});

test('a limit that was set holds at once, in any second, minute, hour or day, and only where it was set', () => {
  const limit = (more: Partial<RateLimit>): RateLimit => ({
    rule: 1,
    per: 'account',
    every: 60 * second,
    max: 10,
    ...more,
  });
  const run = (limits: readonly RateLimit[], count: number, every: number): number[] => {
    let measure = new RateLimits(limits);
    const told: number[] = [];
    for (let i = 0; i < count; i++) {
      const copy = new RateLimits(limits);
      copy.restore(JSON.parse(JSON.stringify(measure.snapshot())) as ReturnType<RateLimits['snapshot']>);
      const answers = measure.take(call(t0 + i * every, 'z***#1')) ?? [];
      assert.deepEqual(copy.take(call(t0 + i * every, 'z***#1')) ?? [], answers);
      assert.deepEqual(copy.snapshot(), measure.snapshot());
      measure = copy;
      told.push(...answers.map(({ value }) => value));
    }
    return told;
  };
  assert.deepEqual(run([limit({})], 12, second), [11]);
  // The minute before and after a full minute count together.
  assert.deepEqual(run([limit({})], 10, second * 6), []);
  assert.deepEqual(run([limit({ max: 9 })], 40, second * 6), [10]);
  assert.deepEqual(run([limit({ every: second, max: 3 })], 5, second / 10), [4]);
  assert.deepEqual(run([limit({ every: day, max: 20 })], 40, 3600 * second), [21]);
  for (const per of ['client', 'api', 'function', 'app'] as const)
    assert.deepEqual(run([limit({ per })], 12, second), [11]);
  assert.deepEqual(run([limit({ app: 'b.example' })], 30, second), []);
  assert.deepEqual(run([limit({ function: 'login' })], 30, second), []);
  assert.deepEqual(run([limit({ api: '/y' })], 30, second), []);
  assert.deepEqual(run([limit({ app: 'a.example', api: '/x', function: 'query' })], 12, second), [11]);
});

test('what is shown of a flood is of the flood, not of the morning', () => {
  const quiet = (i: number) => call(t0 + i * 30 * second, `p***#${i % 50}`, `198.51.100.${i % 200}`);
  const last = t0 + 16 * 3600 * second;
  const flood = (i: number) => call(last + i * (second / 20), 'z***#1', '203.0.113.9');
  const limits = new RateLimits([{ rule: 1, per: 'app', every: 60 * second, max: 100 }]);
  const rates = new Rates(zone);
  for (let i = 0; i < 1900; i++) for (const each of [limits, rates]) assert.equal(each.take(quiet(i)), null);
  const told: Observation[] = [];
  for (let i = 0; i < 500; i++) for (const each of [limits, rates]) told.push(...(each.take(flood(i)) ?? []));
  assert.ok(told.some(({ measure }) => measure === 'rate-account'));
  const [first] = told.filter(({ measure }) => measure === 'rate-limit');
  assert.deepEqual([first!.accounts, first!.clients], [['z***#1'], ['203.0.113.9']]);
  for (const { end, samples } of told) {
    assert.equal(samples.length, 8);
    assert.deepEqual(
      samples,
      Array.from({ length: 8 }, (_, i) => `u${end - (7 - i) * (second / 20)}`),
    );
  }
});

test('a limit never tells more calls than there were in its time', () => {
  const limits = new RateLimits([{ rule: 1, per: 'client', every: 60 * second, max: 20 }]);
  let seed = 7;
  const times: number[] = [];
  let time = t0;
  for (let i = 0; i < 3000; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    time += (seed % 6000) * 1000;
    times.push(time);
    const [told] = limits.take(call(time, undefined)) ?? [];
    if (told === undefined) continue;
    const real = times.filter((each) => each > time - 60 * second).length;
    assert.ok(told.value <= real, `${told.value} of ${real}`);
  }
});

test('what is not told of is not looked at before more came than its limit, and is told at the same call', () => {
  const rate = new UsualRate();
  const windows = new Float64Array(4);
  const add = (n: number) => {
    for (let i = 0; i < n; i++) rate.add(windows);
  };
  add(10);
  rate.wait(1, 12.5);
  assert.equal(rate.due(1), 13);
  // Waiting is not telling: the window teaches.
  windows.fill(1);
  add(1);
  assert.deepEqual([rate.due(1), rate.windows(1)], [0, 1]);
  rate.told(1, true);
  rate.wait(1, 40);
  windows.fill(2);
  add(1);
  assert.equal(rate.windows(1), 1);
});

test('an office of many accounts: its limit grows with them, and is passed at the same call after a snapshot', () => {
  const run = (every: number) => {
    let rates = new Rates(zone);
    const told: [number, number, number][] = [];
    for (let i = 0; i < 4000; i++) {
      if (i % every === 0) {
        const later = new Rates(zone);
        later.restore(JSON.parse(JSON.stringify(rates.snapshot())));
        rates = later;
      }
      const account = `z***#${Math.min(i % 50, Math.floor(i / 200))}`;
      for (const { measure, window, value, numbers } of rates.take(call(t0 + i * 20_000, account)) ?? [])
        if (measure === 'rate-client') told.push([window, value, numbers['limit']!]);
    }
    return told;
  };
  const told = run(5000);
  assert.ok(told.length > 0);
  for (const [, value, limit] of told) assert.ok(value > limit);
  assert.deepEqual(run(97), told);
});
