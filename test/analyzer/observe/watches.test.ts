/** Failures, slowness and silence of servers, kinds of data, logins, changes of an API: what they tell, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgedCall } from '../../../analyzer/judged-call.ts';
import { Calendar, weekCalendar } from '../../../analyzer/judging/calendar.ts';
import { Watches } from '../../../analyzer/judging/watches.ts';
import { AccountPlaces } from '../../../analyzer/observe/account-places.ts';
import { ApiChanges, type ApiSuccess } from '../../../analyzer/observe/api-changes.ts';
import { LabelCounts, type Labelled } from '../../../analyzer/observe/label-counts.ts';
import { type Login, LoginHabits } from '../../../analyzer/observe/login-habits.ts';
import { type Served, Service } from '../../../analyzer/observe/service.ts';
import { TrafficDrop } from '../../../analyzer/observe/traffic-drop.ts';

const t0 = Date.UTC(2026, 2, 1, 16) * 1000; // Monday, midnight at Shanghai
const second = 1e6;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const zone = 8 * hour;
const where = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x', completeness: 1 };

interface Measure<S> {
  snapshot(): S;
  restore(snapshot: S): void;
}

/** The same from a snapshot. */
function copied<S, M extends Measure<S>>(measure: M, make: () => M): M {
  const copy = make();
  copy.restore(JSON.parse(JSON.stringify(measure.snapshot())) as S);
  assert.deepEqual(copy.snapshot(), measure.snapshot());
  return copy;
}

function served(time: number, status = 200, durationUs = 50_000): Served {
  return { ...where, time, uid: `u${time}`, client: '198.51.100.7', status, isUnanswered: status === 0, durationUs };
}

/** Two days of twenty calls an hour. */
function usualDays(service: Service, status = 200): void {
  for (let i = 0; i < 960; i++)
    assert.equal(service.take(served(t0 + i * 3 * minute, status, 40_000 + (i % 9) * 5000)), null);
}

test('failures of a server are told against its own share of them', () => {
  let service = new Service();
  usualDays(service);
  service = copied(service, () => new Service());
  const told = Array.from({ length: 60 }, (_, i) =>
    service.take(served(t0 + 3 * day + i * 20 * second, i % 2 === 0 ? 503 : 200)),
  );
  const [first] = told.find((each) => each !== null)!;
  assert.equal(first!.measure, 'server-errors');
  assert.deepEqual(first!.clients, []);
  assert.ok(told.flatMap((each) => each ?? []).every(({ subject }) => ['api', 'app'].includes(subject.kind)));
  // SOAP answers faults with 500, always.
  const soap = new Service();
  for (let i = 0; i < 960; i++) soap.take(served(t0 + i * 3 * minute, i % 3 === 0 ? 500 : 200));
  for (let i = 0; i < 60; i++)
    assert.equal(soap.take(served(t0 + 3 * day + i * 20 * second, i % 3 === 0 ? 500 : 200)), null);
  // Refusals are no failures, and a first day is no history.
  const refused = new Service();
  usualDays(refused);
  for (let i = 0; i < 60; i++) assert.equal(refused.take(served(t0 + 3 * day + i * 20 * second, 403)), null);
  const fresh = new Service();
  for (let i = 0; i < 300; i++) assert.equal(fresh.take(served(t0 + i * second, 503)), null);
});

test('slow answers are told against what was usual', () => {
  const service = new Service();
  usualDays(service);
  const told = Array.from({ length: 40 }, (_, i) =>
    service.take(served(t0 + 3 * day + i * 20 * second, 200, 3 * second)),
  );
  const all = told.flatMap((each) => each ?? []);
  assert.ok(all.some(({ measure, subject }) => measure === 'slow-answers' && subject.kind === 'api'));
  const usual = all[0]!.numbers['usualMs']!;
  assert.ok(usual > 40 && usual < 130, `${usual} ms`);
  const other = new Service();
  usualDays(other);
  for (let i = 0; i < 40; i++) assert.equal(other.take(served(t0 + 3 * day + i * 20 * second, 200, 250_000)), null);
});

test('silence of one application is told, that of all is a silent mirror', () => {
  const isFree = (d: number) => [5, 6].includes((d + 3) % 7);
  const run = (isOtherThere: boolean, calls: (d: number, h: number) => number): number[] => {
    let drops = new TrafficDrop(zone, isFree);
    const told: number[] = [];
    for (let d = 0; d < 9; d++) {
      for (let h = 9; h < 16; h++) {
        const at = t0 + d * day + h * hour;
        for (let i = 0; i < calls(d, h); i++)
          told.push(...drops.take('a.example', at + i * second, 'u').map(({ value }) => value));
        for (let i = 5; i < 50; i += 5) told.push(...drops.settle(at + i * minute).map(({ value }) => value));
        if (isOtherThere) told.push(...drops.take('b.example', at + 50 * minute, 'v').map(({ value }) => value));
      }
      drops = copied(drops, () => new TrafficDrop(zone, isFree));
    }
    return told;
  };
  const usual = (d: number) => (isFree(Math.floor((t0 + zone) / day) + d) ? 3 : 120);
  assert.deepEqual(run(true, usual), []);
  assert.deepEqual(
    run(true, (d, h) => (d === 7 && h === 13 ? 2 : usual(d))),
    [2],
  );
  assert.deepEqual(
    run(false, (d, h) => (d === 7 && h >= 12 ? 0 : usual(d))),
    [],
  );
  // A little less for long is told as well, a quieter hour is not.
  assert.deepEqual(
    run(true, (d, h) => (d === 7 && h === 13 ? 80 : usual(d))),
    [],
  );
  assert.equal(run(true, (d) => (d === 7 ? 50 : usual(d))).length > 0, true);
});

test('an hour of which much was not seen is no drop, and no usual hour', () => {
  const make = () => new TrafficDrop(zone, () => false);
  /** Two applications, two calls a minute each, from one hour (decimal) to another. */
  const seen = (drops: TrafficDrop, d: number, from: number, to: number): [number, number, number][] => {
    const told: [number, number, number][] = [];
    for (let m = from * 60; m < to * 60; m += 0.5)
      for (const app of ['a.example', 'b.example'])
        for (const { value, end, usual } of drops.take(app, t0 + d * day + m * minute, 'u'))
          told.push([value, (end - t0) / day, usual!.n]);
    return told;
  };
  let drops = make();
  for (let d = 0; d < 5; d++) assert.deepEqual(seen(drops, d, 9, 16), []);
  // It stops at five past two, and the next one begins in the middle of an hour.
  assert.deepEqual(seen(drops, 5, 9, 14.1), []);
  drops = copied(drops, make);
  assert.deepEqual(seen(drops, 6, 9.6, 11), []);
  // Within one hour: twelve minutes are missing, then eight.
  assert.deepEqual([...seen(drops, 6, 11, 11.2), ...seen(drops, 6, 11.4, 12), ...seen(drops, 6, 12, 12.4)], []);
  drops = copied(drops, make);
  assert.deepEqual(seen(drops, 6, 12.5, 16), []);
  // The last hour is under way.
  const past = drops.snapshot().apps.map(([, { past }]) => past.slice(9, 16).map((hour) => hour.length));
  assert.deepEqual(past, [
    [6, 7, 6, 7, 7, 6, 5],
    [6, 7, 6, 7, 7, 6, 5],
  ]);
});

test('two days after a long end what is usual is learnt again', () => {
  const drops = new TrafficDrop(zone, () => false);
  const told = new Set<number>();
  const ofA = () => drops.snapshot().apps.find(([app]) => app === 'a.example')![1];
  for (let m = 0; m < 8 * 24 * 60; m += 0.5) {
    const d = Math.floor(m / 24 / 60);
    const isDown = d === 5 && m % (24 * 60) >= 9 * 60 && m % (24 * 60) < 19 * 60;
    for (const called of isDown ? ['b.example'] : ['a.example', 'b.example'])
      for (const { app, numbers } of drops.take(called, t0 + m * minute, 'u')) {
        assert.equal(app, 'a.example');
        assert.ok(numbers['sum']! <= 10);
        told.add(d);
      }
  }
  assert.deepEqual(told, new Set([5]));
  assert.deepEqual([ofA().sum, ofA().begin], [0, 0]);
  assert.equal(ofA().past[8]!.length, 8);
  assert.equal(ofA().past[10]!.length, 7);
});

test('what finds no room is counted', () => {
  const watches = () => {
    const levels = new Map(Array.from({ length: 70 }, (_, i): [string, number] => [`kind-${i}`, 3]));
    const calendar = new Calendar(weekCalendar);
    return new Watches({ zoneOffset: zone, levels, rateLimits: [], calendar, inactive: 30 * day });
  };
  const call = (app: string, label: string): JudgedCall =>
    ({
      ...{ ...where, app, uid: 'u', completedTs: t0, ts: t0, client: '198.51.100.7', account: undefined },
      ...{ success: true, sampling: 1, functions: [], status: 200, durationUs: 1000, caller: { login: null } },
      ...{ labelsResponse: label === '' ? [] : [{ label, count: 1, masked: 0 }], region: '', persons: 1, referer: '' },
      ...{ responseLevel: 3, credentialPresent: false, pairing: 'paired', unpaired: null, abroad: false },
    }) as unknown as JudgedCall;
  const ofApps = watches();
  for (let i = 0; i < 1000; i++) ofApps.take(call(`${i}.example`, ''));
  assert.equal(ofApps.evicted, 0);
  ofApps.take(call('one.more.example', ''));
  assert.equal(ofApps.evicted, 1);
  const ofLabels = watches();
  for (let i = 0; i < 64; i++) ofLabels.take(call('a.example', `kind-${i}`));
  assert.equal(ofLabels.evicted, 0);
  for (let i = 62; i < 66; i++) ofLabels.take(call('a.example', `kind-${i}`));
  assert.equal(ofLabels.evicted, 2);
});

type Asked = readonly [client: string, person: number, account: string | undefined];

test('persons given abroad: to one client, or to several that take few; who is known reads what is his own', () => {
  let time = t0;
  const told = (asked: readonly Asked[]) => {
    const calendar = new Calendar(weekCalendar);
    const watches = new Watches({ zoneOffset: zone, levels: new Map(), rateLimits: [], calendar, inactive: 30 * day });
    return asked.flatMap(([client, person, account]) => {
      time += second;
      const call = {
        ...{ ...where, uid: `u${time}`, completedTs: time, ts: time, client, account, success: true, sampling: 1 },
        ...{ completeness: 1, functions: [], status: 200, durationUs: 1000, caller: { login: null }, region: 'SG' },
        ...{ labelsResponse: [], persons: 1, given: { persons: 1, personIds: [person], records: 0 }, referer: '' },
        ...{ responseLevel: 3, credentialPresent: true, pairing: 'paired', unpaired: null, abroad: true },
      };
      return (watches.take(call as unknown as JudgedCall) ?? [])
        .filter(({ measure }) => measure === 'persons-abroad')
        .map(({ subject, value }) => `${subject.kind} ${value}`);
    });
  };
  const each = (clients: number, persons: number, account?: string): Asked[] =>
    Array.from({ length: clients * persons }, (_, i) => [`203.0.113.${i % clients}`, i, account]);
  assert.deepEqual(told(each(1, 11)), ['client 10']);
  assert.deepEqual(told(each(6, 4)), ['app 10', 'app 13', 'app 17']);
  // Travellers, each with data of their own, with an account or without; and few in all.
  assert.deepEqual(told(each(40, 1)), []);
  assert.deepEqual(told(each(6, 4, 'z***#1')), []);
  assert.deepEqual(told(each(3, 4)), []);
});

test('a new kind of data of an API, many values in one answer, many kinds for an account', () => {
  const levels = new Map([
    ...['id-card', 'bank-card', 'mobile'].map((label): [string, number] => [label, 3]),
    ...['name', 'email', 'address', 'passport', 'plate', 'imei'].map((label): [string, number] => [label, 2]),
  ]);
  const make = () => new LabelCounts(levels, zone);
  const answer = (time: number, labels: Readonly<Record<string, number>>, masked = false): Labelled => ({
    ...{ ...where, time, uid: `u${time}`, client: '198.51.100.7', account: 'z***#1', persons: 1 },
    labels: Object.entries(labels).map(([label, count]) => ({ label, count, masked: masked ? count : 0 })),
  });
  let counts = make();
  for (let i = 0; i < 200; i++) assert.equal(counts.take(answer(t0 + i * 40 * minute, { mobile: 2, name: 2 })), null);
  counts = copied(counts, make);
  const later = t0 + 6 * day;
  // Masked it is no news.
  for (let i = 0; i < 5; i++) assert.equal(counts.take(answer(later + i, { 'id-card': 1 }, true)), null);
  const told = [1, 2, 3, 4].map((i) => counts.take(answer(later + i * minute, { mobile: 2, 'id-card': 1 })));
  assert.deepEqual(
    told.map((each) => each?.[0]?.measure),
    [undefined, undefined, 'new-label', undefined],
  );
  assert.equal(counts.take(answer(later + hour, { mobile: 300, name: 300 }))?.[0]?.measure, 'label-hits');
  const kinds = { 'id-card': 1, 'bank-card': 1, mobile: 1, name: 1, email: 1, address: 1, passport: 1 };
  const [much] = counts.take(answer(later + day, kinds))!.filter(({ measure }) => measure === 'labels-of-day');
  assert.equal(much!.value, 7);
  assert.equal(much!.numbers['before'], 3);
  // A new API may hold what it likes.
  const fresh = make();
  for (let i = 0; i < 9; i++) assert.equal(fresh.take(answer(t0 + i, kinds)), null);
});

test('a login is odd by several things at once', () => {
  const make = () => new LoginHabits(zone);
  const login = (time: number, more: Partial<Login> = {}): Login => ({
    ...{ ...where, time, uid: `u${time}`, account: 'z***#1', client: '198.51.100.7', device: 'chrome/windows' },
    ...{ region: '', success: true, ...more },
  });
  const score = (more: Partial<Login>, at = 8 * day + 10 * hour, fails = 0): number | undefined => {
    let habits = make();
    for (let d = 0; d < 8; d++)
      assert.equal(habits.take(login(t0 + d * day + 10 * hour, { region: more.region ? 'CN-31' : '' })), undefined);
    habits = copied(habits, make);
    for (let i = 0; i < fails; i++) habits.take(login(t0 + at - minute + i, { success: false }));
    const told = habits.take(login(t0 + at, more));
    copied(habits, make);
    return told?.value;
  };
  const far = { client: '203.0.113.9', device: 'firefox/linux' };
  assert.equal(score({}), undefined);
  assert.equal(score(far), 4);
  assert.equal(score(far, 8 * day + 3 * hour), 5);
  assert.equal(score(far, 8 * day + 3 * hour, 6), 8);
  assert.equal(score({ client: '198.51.7.7' }, 8 * day + 3 * hour), undefined);
  assert.equal(score({ ...far, region: 'US' }), 5);
  assert.equal(score({ ...far, region: 'US' }, 7 * day + 10.5 * hour), 9);
  // After a year nearly everybody has another line and another telephone.
  assert.equal(score(far, 400 * day + 10 * hour), 4);
  // What was odd is not learnt the same day, however often it comes; on another day it is.
  const taken = make();
  for (let d = 0; d < 10; d++) taken.take(login(t0 + d * day));
  const odd = (time: number) => taken.take(login(time, far))?.value;
  assert.equal(odd(t0 + 10 * day - 6 * hour) !== undefined, true);
  assert.equal(odd(t0 + 10 * day - 5 * hour) !== undefined, true);
  assert.equal(odd(t0 + 11 * day - 6 * hour) !== undefined, true);
  assert.equal(odd(t0 + 11 * day + hour), undefined);
  // Invented names push nobody out.
  const sprayed = make();
  for (let d = 0; d < 10; d++) sprayed.take(login(t0 + d * day));
  for (let i = 0; i < 50_001; i++) sprayed.take(login(t0 + 9 * day + i, { account: `x${i}`, success: false }));
  assert.equal(sprayed.evicted, 0);
  assert.ok(sprayed.take(login(t0 + 10 * day, far)) !== undefined);
  // Nobody is judged by two days.
  const habits = make();
  for (let i = 0; i < 9; i++) habits.take(login(t0 + i * hour));
  assert.equal(habits.take(login(t0 + day, far)), undefined);
});

test('changes of an API: its credential, who may reach it, its silence, a script', () => {
  const make = () => new ApiChanges(30 * day);
  const use = (time: number, more: Partial<ApiSuccess> = {}): ApiSuccess => ({
    ...{ ...where, time, uid: `u${time}`, client: `10.0.0.${1 + (Math.floor(time / minute) % 5)}`, account: undefined },
    ...{ hasCredential: true, referer: '', level: 3, persons: 1, ...more },
  });
  const learnt = (): ApiChanges => {
    const changes = make();
    for (let i = 0; i < 200; i++) assert.equal(changes.take(use(t0 + i * 41 * minute)), null);
    return copied(changes, make);
  };
  const later = t0 + 6 * day;
  const what = (changes: ApiChanges, uses: readonly ApiSuccess[]): string[] =>
    uses.flatMap((each) => (changes.take(each) ?? []).flatMap(({ numbers }) => Object.keys(numbers).slice(0, 1)));
  const bare = [0, 1, 2, 3].map((i) => use(later + i * minute, { hasCredential: false }));
  assert.deepEqual(what(learnt(), bare), ['carrier']);
  assert.deepEqual(
    what(
      learnt(),
      bare.map((each) => ({ ...each, level: 0, persons: 0 })),
    ),
    [],
  );
  // Where some never sent one, that is how it is.
  const open = make();
  for (let i = 0; i < 200; i++) open.take(use(t0 + i * 41 * minute, { hasCredential: i % 20 !== 0 }));
  assert.deepEqual(what(open, bare), []);
  assert.deepEqual(what(learnt(), [use(later, { client: '203.0.113.9' }), use(later + 1, { client: '203.0.113.9' })]), [
    'internet',
  ]);
  assert.deepEqual(what(learnt(), [use(later + 29 * day), use(later + 65 * day)]), ['revived']);
  const page = { apiId: 'b'.repeat(16), method: 'POST', template: '/upload/a.jsp', level: 0, persons: 0 };
  assert.deepEqual(what(learnt(), [use(later, page), use(later + 1, page), use(later + 2, page)]), ['script']);
  // Once a month by a partner is no shell, and how many come is not known yet.
  assert.deepEqual(what(learnt(), [use(later, page)]), []);
  assert.deepEqual(what(learnt(), [use(later, { ...page, referer: 'http://a.example/' })]), []);
  assert.deepEqual(what(make(), [use(later, page)]), []);
});

test('more places than there is room for come back from a snapshot as they were', () => {
  let places = new AccountPlaces();
  for (let i = 0; i < 40; i++) {
    const use = {
      ...{ time: t0 + i * second, uid: `u${i}`, app: 'a.example', account: 'z***#1', session: '', completeness: 1 },
      ...{ client: `198.51.${i % 12}.1`, device: i % 2 === 0 ? 'chrome/windows' : 'wechat/android' },
    };
    const copy = copied(places, () => new AccountPlaces());
    assert.deepEqual(copy.take(use), places.take(use));
    assert.deepEqual(copy.take({ ...use, time: use.time + 1 }), places.take({ ...use, time: use.time + 1 }));
    assert.deepEqual(copy.snapshot(), places.snapshot());
    places = copy;
  }
});
