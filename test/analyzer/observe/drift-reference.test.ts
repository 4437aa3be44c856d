/** A teacher who is patient enough for every limit is told of by how far the limit has followed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../../analyzer/observation.ts';
import { compare, type Reference } from '../../../analyzer/observe/drift-reference.ts';
import { PersonVolume } from '../../../analyzer/observe/persons.ts';
import { Rates } from '../../../analyzer/observe/rates.ts';

const t0 = Date.UTC(2026, 2, 2) * 1000;
const second = 1e6;
const day = 86_400 * second;
const base = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x', completeness: 1 };
const who = { client: '198.51.100.7', account: 'z***#1' };

/** Calls of an account by day, evenly over twelve hours; what was told of it. */
function told(calls: readonly number[]): Observation[] {
  let rates = new Rates(0);
  const out: Observation[] = [];
  for (const [d, count] of calls.entries()) {
    for (let i = 0; i < count; i++) {
      const time = t0 + d * day + Math.floor((i * day) / (2 * count));
      out.push(...(rates.take({ ...base, ...who, functions: [], time, uid: `u${time}` }) ?? []));
    }
    // What it was some days ago outlives a restart.
    const again = new Rates(0);
    again.restore(JSON.parse(JSON.stringify(rates.snapshot())));
    rates = again;
  }
  return out.filter(({ subject }) => subject.kind === 'account');
}

test('calls that grow a third a day are told of by no limit, and as a drift', () => {
  const growing = [...Array<number>(8).fill(4000), 5300, 7000, 9300, 12_400, 16_500, 20_000];
  const observations = told(growing);
  assert.deepEqual([...new Set(observations.map(({ measure }) => measure))], ['baseline-drift']);
  const [first] = observations;
  assert.deepEqual(
    [first!.subject, first!.window, first!.accounts],
    [{ kind: 'account', id: 'z***#1' }, day, ['z***#1']],
  );
  assert.ok(first!.value >= 2 && first!.value < 4, `${first!.value}`);
  assert.equal(first!.numbers['now'], first!.numbers['before']! * first!.value);
  assert.ok(observations.length <= 3, `${observations.length}`);
});

test('what goes up and down from day to day, or stays below a floor, is no drift', () => {
  assert.deepEqual(told(Array.from({ length: 24 }, (_, d) => [5000, 3200, 6100, 4400, 5600][d % 5]!)), []);
  assert.deepEqual(told([...Array<number>(8).fill(40), 100, 300, 900, 1500]), []);
});

test('persons that grow from day to day are told of as a drift, and who is frozen has none', () => {
  const run = (isFrozen: boolean) => {
    const volume = new PersonVolume({
      ...{ measure: 'persons', window: day, zoneOffset: 0, least: 20 },
      isFrozen: () => isFrozen,
    });
    const out: Observation[] = [];
    for (const [d, persons] of [...Array<number>(10).fill(30), 50, 75, 110, 170, 250].entries()) {
      const personHashes = Array.from({ length: persons }, (_, i) => i);
      const subject = { kind: 'account', id: who.account } as const;
      for (const [part, some] of [personHashes.slice(0, 10), personHashes.slice(10)].entries()) {
        const given = { ...base, ...who, time: t0 + d * day + part * second, uid: `u${d}`, subject, records: 1 };
        const one = volume.take({ ...given, persons: some.length, personHashes: some });
        if (one !== undefined) out.push(one);
      }
    }
    return out.filter(({ measure }) => measure === 'baseline-drift');
  };
  const drifted = run(false);
  assert.deepEqual(
    drifted.map(({ numbers }) => numbers),
    [
      { before: 90, now: 225, days: 5 },
      { before: 225, now: 510, days: 2 },
    ],
  );
  assert.deepEqual(run(true), []);
});

test('a reference is kept for four weeks, and anew when drift was told', () => {
  const of = (reference: Reference | null, at: number, ...levels: number[]) => compare(reference, at, levels);
  const first = of(null, 100, 10, 50).reference;
  assert.deepEqual(of(first, 120, 19, 99), { reference: first, drift: undefined });
  const { reference, drift } = of(first, 121, 30, 100);
  assert.deepEqual(drift, { level: 0, before: 10, now: 30, days: 21 });
  assert.deepEqual(reference, { day: 121, levels: [30, 100] });
  assert.deepEqual(of(first, 128, 19, 60).reference, { day: 128, levels: [19, 60] });
});
