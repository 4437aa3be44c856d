import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Distinct } from '../../../analyzer/distinct.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import { type LoginAttempt, LoginOutcomes } from '../../../analyzer/observe/login-outcomes.ts';
import { type Given, PersonVolume } from '../../../analyzer/observe/persons.ts';
import { type Answered, Predictability } from '../../../analyzer/observe/predictability.ts';
import { measureSequence, regularity } from '../../../analyzer/observe/sequence.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const hash = (text: string | number) =>
  Number(createHash('sha256').update(String(text)).digest().readBigUInt64BE() >> 11n);
const api = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x/{id}' };
const told = (observation: Observation | undefined): Observation[] => (observation === undefined ? [] : [observation]);

test('figures of a sequence', () => {
  assert.deepEqual(measureSequence([1, 2, 3, 4, 5]), { monotone: 1, constantGap: 1, smallGap: 1, density: 1 });
  assert.deepEqual(measureSequence([10_000, 1, 30_000, 2000]), {
    monotone: 2 / 3,
    constantGap: 1 / 3,
    smallGap: 0,
    density: 4 / 30_000,
  });
  assert.deepEqual(measureSequence([1, 2]), { monotone: 0, constantGap: 0, smallGap: 0, density: 0 });
  assert.equal(regularity([0, 10, 20, 30]), 0);
  assert.ok(regularity([0, 1, 50, 51, 200]) > 0.8);
});

test('distinct values: exact while few, near while many, the same after a snapshot', () => {
  const few = new Distinct();
  for (let i = 0; i < 1000; i++) few.add(hash(i % 200));
  assert.equal(few.estimate, 200);
  const many = new Distinct();
  for (const n of [1000, 10_000, 100_000]) {
    for (let i = 0; i < n; i++) many.add(hash(i));
    assert.ok(Math.abs(many.estimate / n - 1) < 0.1, `${n}: ${many.estimate}`);
  }
  for (const each of [few, many]) {
    const copy = new Distinct();
    copy.restore(JSON.parse(JSON.stringify(each.snapshot())));
    each.add(hash('more'));
    copy.add(hash('more'));
    assert.deepEqual(copy.snapshot(), each.snapshot());
  }
});

test('volume: persons are counted once, beside what is usual', () => {
  const day = 86_400;
  const options = { measure: 'persons', window: day * second, zoneOffset: 8 * 3600 * second, least: 50 };
  const given = (seconds: number, from: number, persons: number): Given => ({
    ...api,
    time: t0 + seconds * second,
    uid: `u${seconds}`,
    subject: { kind: 'account', id: 'z***#1' },
    client: '10.0.0.1',
    account: 'z***#1',
    persons,
    personHashes: range(persons).map((i) => hash(from + i)),
    records: persons,
    completeness: 1,
  });
  const volume = new PersonVolume(options);
  // The same hundred customers fifty times.
  const same = range(50).flatMap((i) => told(volume.take(given(i, 0, 100))));
  assert.deepEqual(
    same.map((each) => each.value),
    [100],
  );
  assert.deepEqual(same[0].usual, { median: 0, p95: 0, n: 0 });
  for (let i = 1; i <= 6; i++) volume.take(given(i * day, i * 1000, 60 + i));
  const [drain] = told(volume.take(given(7 * day, 50_000, 3000)));
  assert.ok(Math.abs(drain.value / 3000 - 1) < 0.1);
  assert.deepEqual(drain.usual, { median: 64, p95: 100, n: 7 });
  assert.equal(drain.numbers['largest'], 3000);
  // The drain teaches what was usual before, not three thousand.
  const [after] = told(volume.take(given(8 * day, 90_000, 70)));
  assert.deepEqual(after.usual, { median: 64, p95: 100, n: 8 });
  const copy = new PersonVolume(options);
  copy.restore(JSON.parse(JSON.stringify(volume.snapshot())));
  assert.deepEqual(copy.take(given(8 * day + 1, 91_000, 500)), volume.take(given(8 * day + 1, 91_000, 500)));
});

test('volume: subjects are bounded', () => {
  const volume = new PersonVolume({ measure: 'persons', window: 3600e6, zoneOffset: 0, least: 1, mostSubjects: 10 });
  for (let i = 0; i < 100; i++) {
    const more = { client: '', persons: 1, personHashes: [hash(i)], records: 1, completeness: 1 };
    volume.take({ ...api, time: t0 + i, uid: 'u', subject: { kind: 'client', id: `c${i}` }, ...more });
  }
  const { old, young } = volume.snapshot().subjects;
  assert.deepEqual([old.length + young.length, volume.evicted], [10, 90]);
});

const answered = (i: number, more: Partial<Answered>): Answered => ({
  ...api,
  time: t0 + i * second,
  uid: `u${i}`,
  parameter: 'path.id',
  value: i,
  ordinal: 5000 + i,
  subject: { kind: 'session', id: 's' },
  session: 's',
  client: '10.0.0.1',
  success: true,
  completeness: 1,
  given: false,
  person: i,
  persons: 1,
  ...more,
});

test('predictability: numbers in a row, another person each, to whoever asks', () => {
  const measure = new Predictability();
  const [first] = range(20).flatMap((i) => told(measure.take(answered(i, {}))));
  assert.deepEqual([first.value, first.numbers['distinct'], first.numbers['follows']], [3, 10, 9]);
});

test('predictability: customers with their own, random values, and answers about nobody', () => {
  const own = new Predictability();
  const last = range(60).flatMap((i) => {
    const who = `s${i % 20}`;
    const more = {
      subject: { kind: 'session', id: who },
      session: who,
      value: i % 20,
      ordinal: 5000 + (i % 20),
    } as const;
    return told(own.take(answered(i, { ...more, person: i % 20, given: true })));
  });
  assert.equal(last.at(-1)!.value, 1);
  const random = new Predictability();
  const sparse = range(60).flatMap((i) => {
    const { ordinal: _, person: __, ...rest } = answered(i, { success: i % 3 === 0, persons: 0 });
    return told(random.take(rest));
  });
  assert.equal(sparse.at(-1)!.value, 0);
});

const attempt = (
  seconds: number,
  account: string,
  success: boolean,
  more: Partial<LoginAttempt> = {},
): LoginAttempt => ({
  ...api,
  time: t0 + seconds * second,
  uid: `u${seconds}`,
  client: '10.0.0.1',
  account,
  success,
  passwordHash: `p${seconds}`,
  completeness: 1,
  ...more,
});

test('login outcomes of a client', () => {
  const outcomes = new LoginOutcomes();
  const observations = range(40).flatMap((i) => told(outcomes.take(attempt(i, `a${i}`, i % 20 === 7))));
  const last = observations.at(-1)!;
  assert.equal(last.numbers['attempts'], last.value);
  assert.ok(last.value >= 35);
  assert.deepEqual([last.numbers['triesMost'], last.numbers['few'], last.numbers['succeeded']], [1, 1, 2]);
  assert.ok(last.numbers['failed'] > 0.9);
  const spray = range(20).flatMap((i) =>
    told(outcomes.take(attempt(5000 + i, `b${i}`, false, { passwordHash: 'same' }))),
  );
  assert.equal(spray.at(-1)!.numbers['samePassword'], spray.at(-1)!.value);
  // What is older than fifteen minutes no longer counts.
  assert.ok(spray.at(-1)!.value <= 20);
  const slow = range(100).flatMap((i) => told(outcomes.take(attempt(20_000 + i * 120, `c${i}`, false))));
  assert.deepEqual(slow, []);
});

test('login outcomes: a snapshot in between changes nothing, and clients are bounded', () => {
  const attempts = range(300).map((i) => attempt(i * 7, `a${i % 40}`, i % 5 === 0, { client: `c${i % 3}` }));
  const whole = new LoginOutcomes();
  const expected = attempts.flatMap((each) => told(whole.take(each)));
  const first = new LoginOutcomes();
  const before = attempts.slice(0, 111).flatMap((each) => told(first.take(each)));
  const second = new LoginOutcomes();
  second.restore(JSON.parse(JSON.stringify(first.snapshot())));
  assert.deepEqual([...before, ...attempts.slice(111).flatMap((each) => told(second.take(each)))], expected);
  const small = new LoginOutcomes(5);
  for (let i = 0; i < 50; i++) small.take(attempt(i, 'a', false, { client: `c${i}` }));
  assert.equal(small.evicted, 45);
});

test('logins: what came after the observation that was due last is told three minutes later, once', () => {
  const outcomes = new LoginOutcomes();
  for (let i = 0; i < 37; i++) outcomes.take(attempt(i, `a${i}`, false));
  assert.deepEqual(outcomes.settle(t0 + 100 * second), []);
  const copy = new LoginOutcomes();
  copy.restore(JSON.parse(JSON.stringify(outcomes.snapshot())));
  for (const each of [outcomes, copy]) {
    const [tail, ...others] = each.settle(t0 + 300 * second);
    assert.deepEqual([tail?.value, tail?.numbers['attempts'], tail?.end], [37, 37, t0 + 36 * second]);
    assert.deepEqual([others, each.settle(Number.POSITIVE_INFINITY)], [[], []]);
  }
});

test('logins: attempts of all clients are bounded, the least recent clients go', () => {
  const outcomes = new LoginOutcomes(1000, 400);
  for (let i = 0; i < 2000; i++) outcomes.take(attempt(i / 1000, `a${i}`, false, { client: `c${i % 100}` }));
  const { old, young } = outcomes.snapshot().clients;
  const held = [...old, ...young].reduce((sum, [, { attempts }]) => sum + attempts.length, 0);
  assert.ok(held <= 401, `${held}`);
  assert.ok(outcomes.evicted > 0);
});

test('volume: the last persons of a burst are told after an hour, or when the day ends', () => {
  const day = 86_400e6;
  const make = () => new PersonVolume({ measure: 'persons', window: day, zoneOffset: 8 * 3600e6, least: 50 });
  const give = (volume: PersonVolume, time: number, from: number, persons: number) =>
    volume.take({
      ...api,
      ...{ time, uid: `u${from}`, subject: { kind: 'account', id: 'z***#1' }, client: '', account: 'z***#1', persons },
      ...{ personHashes: range(persons).map((i) => hash(from + i)), records: persons, completeness: 1 },
    });
  const volume = make();
  give(volume, t0, 0, 60);
  give(volume, t0 + second, 100, 10);
  assert.deepEqual(volume.settle(t0 + 3599 * second), []);
  assert.deepEqual(
    volume.settle(t0 + 3601 * second).map(({ value, end }) => [value, end]),
    [[70, t0 + second]],
  );
  // Ten minutes before local midnight.
  const late = Math.floor((t0 + 8 * 3600e6) / day) * day + day - 8 * 3600e6 - 600e6;
  const other = make();
  give(other, late, 0, 60);
  give(other, late + second, 100, 10);
  assert.deepEqual(other.settle(late + 599 * second), []);
  assert.deepEqual(
    other.settle(late + 600 * second).map(({ value }) => value),
    [70],
  );
  // For an earlier time it begins anew, and knows what is usual.
  give(other, late + 700 * second, 0, 55);
  const earlier = other.anew();
  assert.deepEqual(give(earlier, t0 - 5 * day, 0, 55)?.usual, { median: 70, p95: 70, n: 1 });
});

test('predictability: several values in a call are one call, and denials in a row are counted', () => {
  const measure = new Predictability();
  const calls = range(9).flatMap((i) => range(3).map((j) => answered(i, { value: 3 * i + j, ordinal: 3 * i + j })));
  assert.deepEqual(
    calls.flatMap((call) => told(measure.take(call))),
    [],
  );
  const [first] = told(measure.take(answered(9, { ordinal: 100 })));
  assert.deepEqual([first?.numbers['asked'], first?.numbers['distinct']], [10, 28]);
  for (let i = 10; i < 12; i++) measure.take(answered(i, { success: false, denied: true }));
  measure.take(answered(12, { success: false }));
  const [tail] = measure.settle(t0 + 3700 * second);
  assert.deepEqual([tail?.numbers['asked'], tail?.numbers['answered'], tail?.numbers['refused']], [13, 10, 2]);
  measure.take(answered(13, {}));
  assert.equal(measure.settle(Number.POSITIVE_INFINITY)[0]?.numbers['refused'], 0);
});
