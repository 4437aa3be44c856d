import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProfiledCall, Profiles, type SubjectProfile } from '../../../analyzer/baseline/profiles.ts';
import { randomOf } from '../discover/random.ts';

const hour = 3_600_000_000;
const day = 24 * hour;
const shanghai = 8 * hour;
/** Monday 2026-03-02, midnight in Shanghai. */
const monday = Date.UTC(2026, 2, 2) * 1000 - shanghai;

function call(ts: number, change: Partial<ProfiledCall> = {}): ProfiledCall {
  return {
    ts,
    app: 'a.example',
    apiId: 'api1',
    account: 'z***#1',
    client: '10.0.0.1',
    durationUs: 5000,
    responseBytes: 1000,
    success: true,
    labels: [],
    persons: 0,
    ...change,
  };
}

function profilesOf(calls: readonly ProfiledCall[], most = 100): Profiles {
  const profiles = new Profiles({ zoneOffset: shanghai, most });
  for (const each of calls) profiles.observe(each);
  return profiles;
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

test('days that are over teach what is usual; empty ones are none', () => {
  // 10, 20, … 60 calls on six days, a weekend between them, in two hours each.
  const days = [0, 1, 2, 3, 4, 7];
  const calls = days.flatMap((d, i) =>
    range(10 * (i + 1)).map((k) =>
      call(monday + d * day + (k < (10 * (i + 1)) / 3 ? 9 : 14) * hour + k, { persons: 2 }),
    ),
  );
  const before = profilesOf(calls).account('a.example', 'z***#1')!;
  assert.equal(before.stillLearning, false);
  assert.deepEqual(before.perDay.calls, { median: 30, p95: 50, n: 5 });
  assert.deepEqual([before.today.calls, before.today.busiestHour, before.today.persons], [60, 40, 120]);
  const after = profilesOf([...calls, call(monday + 8 * day)]).account('a.example', 'z***#1')!;
  assert.deepEqual(after.perDay.calls, { median: 30, p95: 60, n: 6 });
  assert.deepEqual(after.perDay.persons, { median: 60, p95: 120, n: 6 });
  assert.deepEqual(after.perDay.responseBytes.p95, 60_000);
  assert.deepEqual(after.perDay.busiestHour.p95, 40);
  assert.equal(after.today.calls, 1);
  assert.equal(profilesOf(calls.slice(0, 100)).api('api1')?.stillLearning, true);
});

test('hours and days of the week are those of the zone', () => {
  const calls = [0, 1, 2, 3, 4].flatMap((d) => range(10).map((k) => call(monday + d * day + 9 * hour + k)));
  calls.push(call(monday + 4 * day + 23.5 * hour), call(monday + 5 * day), call(monday + 6 * day + 5));
  const { hours, hourDays, weekdays } = profilesOf(calls).client('a.example', '10.0.0.1')!;
  assert.deepEqual([hours[9], hours[23], hours[0], hours[1]], [50, 1, 2, 0]);
  assert.deepEqual([hourDays[9], hourDays[23], hourDays[0]], [5, 1, 1]);
  assert.deepEqual(weekdays, [10, 10, 10, 10, 11, 1, 1]);
});

test('one drain does not become usual', () => {
  const quiet = range(6).flatMap((d) => range(10).map((k) => call(monday + d * day + k)));
  const drain = range(5000).map((k) => call(monday + 6 * day + k, { persons: 100 }));
  const { perDay, mostPersons } = profilesOf([...quiet, ...drain, call(monday + 7 * day)]).api('api1')!;
  assert.equal(perDay.calls.p95, 30);
  assert.equal(perDay.persons.p95, 1);
  assert.equal(perDay.responseBytes.p95, 30_000);
  assert.equal(mostPersons, 100);
});

test('28 days are remembered', () => {
  const { perDay } = profilesOf(range(60).map((d) => call(monday + d * day))).api('api1')!;
  assert.deepEqual(perDay.calls, { median: 1, p95: 1, n: 28 });
});

test('who has to do with whom: the newest 16 of each kind', () => {
  const calls = range(40).map((k) => call(monday + k, { client: `c${k}`, account: k % 2 === 0 ? 'even' : 'odd' }));
  const profiles = profilesOf(calls);
  const api = profiles.api('api1')!;
  assert.deepEqual(
    api.accounts.map(({ id, calls: n }) => [id, n]),
    [
      ['even', 20],
      ['odd', 20],
    ],
  );
  assert.deepEqual(
    api.clients.map(({ id }) => id).sort(),
    range(16).map((k) => `c${k + 24}`),
  );
  assert.equal(api.forgotten, 24);
  const odd = profiles.account('a.example', 'odd')!;
  assert.deepEqual(
    odd.apis.map(({ id, first, last }) => [id, first - monday, last - monday]),
    [['api1', 0, 0]],
  );
  assert.deepEqual(odd.accounts, []);
  assert.equal(profiles.client('a.example', 'c7')?.accounts[0]?.id, 'odd');
  assert.equal(profiles.client('b.example', 'c7'), undefined);
  assert.equal(profilesOf([call(monday, { account: null })]).api('api1')?.accounts.length, 0);
});

test('failures, sizes, times and labels', () => {
  const profiles = profilesOf([
    ...range(95).map((k) => call(monday + k, { responseBytes: 1000, labels: ['mobile'] })),
    ...range(5).map((k) => call(monday + 100 + k, { responseBytes: 1e6, success: false, labels: ['name', 'mobile'] })),
    call(monday + 200, { responseBytes: 0, success: null }),
  ]);
  const { calls, errors, responseSize, duration, labels, today } = profiles.api('api1')!;
  assert.deepEqual([calls, errors, responseSize.n, labels], [101, 5, 100, ['mobile', 'name']]);
  assert.ok(Math.abs(responseSize.median / 1000 - 1) < 0.13 && Math.abs(responseSize.p99 / 1e6 - 1) < 0.13);
  assert.ok(Math.abs(duration.median / 5000 - 1) < 0.13);
  assert.deepEqual([today.labels, today.errors], [2, 5]);
  const many = profilesOf(range(100).map((k) => call(monday + k, { labels: [`l${k}`] }))).api('api1')!;
  assert.deepEqual([many.labels.length, many.today.labels], [64, 64]);
});

test('what comes late counts in the hour at hand, what is too old teaches nothing', () => {
  const profiles = profilesOf([call(monday + day), call(monday + day - 1), call(monday - 2 * day)]);
  assert.equal(profiles.older, 1);
  const { calls, today, firstSeen, lastSeen, perDay } = profiles.api('api1')!;
  assert.deepEqual([calls, today.calls, perDay.calls.n], [2, 2, 0]);
  assert.deepEqual([firstSeen, lastSeen], [monday + day - 1, monday + day]);
});

test('subjects are bounded: the least recently touched goes, and leaves nothing behind', () => {
  const profiles = new Profiles({ zoneOffset: shanghai, most: 10 });
  for (let i = 0; i < 600; i++) {
    profiles.observe(
      call(monday + i, { apiId: `api${i}`, account: `a${i % 5}`, client: `c${i % 10}`, app: `app${i % 5}` }),
    );
    profiles.observe(call(monday + i, { apiId: 'kept', account: null, client: 'c0', app: 'app0' }));
  }
  const { apis, accounts, clients } = profiles.snapshot();
  assert.deepEqual([apis.length, accounts.length, clients.length], [10, 5, 10]);
  assert.equal(profiles.evicted, 601 - 10);
  assert.equal(profiles.api('kept')?.calls, 600);
  const { hours, responseSize, clients: met } = profiles.api('api599')!;
  assert.deepEqual([hours.reduce((a, b) => a + b), responseSize.n, met.length], [1, 1, 1]);
});

test('stopping and going on from a snapshot is the same as never stopping', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = randomOf(seed);
    const options = { zoneOffset: shanghai, most: 15 };
    const whole = new Profiles(options);
    let parts = new Profiles(options);
    let ts = monday;
    for (let i = 0; i < 3000; i++) {
      ts += random(20) === 0 ? random(60) * hour : random(1000) * 1_000_000;
      const each = call(ts - random(3) * random(2) * 30 * hour, {
        app: `app${random(3)}`,
        apiId: `api${random(20)}`,
        account: random(3) === 0 ? null : `a${random(25)}`,
        client: `c${random(30)}`,
        durationUs: 2 ** random(31),
        responseBytes: 2 ** random(33),
        success: [true, true, false, null][random(4)]!,
        labels: range(random(4)).map(() => `l${random(70)}`),
        persons: random(3) * random(40),
      });
      whole.observe(each);
      parts.observe(each);
      if (i % 397 !== 200) continue;
      const text = JSON.stringify(parts.snapshot());
      parts = new Profiles(options);
      parts.restore(JSON.parse(text));
      assert.equal(JSON.stringify(parts.snapshot()), text);
      assert.deepEqual(parts.client(each.app, each.client), whole.client(each.app, each.client));
    }
    assert.deepEqual(parts.snapshot(), whole.snapshot());
    assert.ok(whole.evicted > 0 && whole.older > 0);
  }
});

test('counts add up, whatever comes', () => {
  const random = randomOf(5);
  const profiles = new Profiles({ zoneOffset: -5 * hour });
  let ts = monday;
  for (let i = 0; i < 5000; i++) profiles.observe(call((ts += random(3) * hour), { apiId: `api${random(4)}` }));
  let calls = 0;
  for (const id of range(4)) {
    const profile = profiles.api(`api${id}`)!;
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    assert.equal(sum(profile.hours), profile.calls);
    assert.equal(sum(profile.weekdays), profile.calls);
    assert.equal(profile.responseSize.n, profile.calls);
    assert.ok(profile.hourDays.every((n, h) => n <= profile.hours[h]!));
    calls += profile.calls;
  }
  assert.deepEqual([calls, profiles.account('a.example', 'z***#1')?.calls], [5000, 5000]);
});

test('profiles that changed are handed on once; a list that was not taken comes again', () => {
  const named = (lists: Iterable<readonly SubjectProfile[]>) =>
    [...lists].flat().map(({ kind, app, id, profile }) => `${kind} ${app} ${id} ${profile.calls}`);
  const calls = range(6).map((k) =>
    call(monday + k, { apiId: `api${k % 3}`, client: 'c', account: k < 3 ? 'a' : null }),
  );
  let profiles = profilesOf(calls);
  const all = ['account a.example a 3', 'api  api0 2', 'api  api1 2', 'api  api2 2', 'client a.example c 6'];
  const lists: number[] = [];
  for (const list of profiles.changed(2)) {
    lists.push(list.length);
    if (lists.length === 2) break;
  }
  assert.deepEqual(lists, [1, 2]);
  assert.deepEqual(named(profiles.changed(100)), all.slice(1));
  assert.deepEqual(named(profiles.changed(100)), []);
  profiles.observe(call(monday + 10, { apiId: 'api1', client: 'c', account: null }));
  const snapshot = JSON.parse(JSON.stringify(profiles.snapshot()));
  profiles = profilesOf([]);
  profiles.restore(snapshot);
  assert.deepEqual(named(profiles.changed(1)), ['api  api1 3', 'client a.example c 7']);
  assert.deepEqual(named(profiles.changed(1)), []);
  const [first] = [...profilesOf(calls).changed(1)].flat();
  assert.deepEqual(first!.profile, profilesOf(calls).account('a.example', 'a'));
});

test('a subject that was forgotten meanwhile is not taken for the one in its place', () => {
  const profiles = profilesOf([call(monday)], 1);
  for (const list of profiles.changed(1)) {
    if (list[0]!.kind === 'client') profiles.observe(call(monday + 1, { client: 'other' }));
  }
  const left = [...profiles.changed(10)].flat().map(({ kind, id }) => [kind, id]);
  assert.deepEqual(left, [
    ['account', 'z***#1'],
    ['api', 'api1'],
    ['client', 'other'],
  ]);
});
