/** Measures of places, devices, networks, sizes, sessions, pace, masks and floods of logins: what they tell, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOffHours, usualHours } from '../../../analyzer/judging/working-hours.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import { AccountPlaces, type AccountUse } from '../../../analyzer/observe/account-places.ts';
import { DeviceAccounts } from '../../../analyzer/observe/device-accounts.ts';
import { EndedSessions } from '../../../analyzer/observe/ended-sessions.ts';
import { LoginSurge } from '../../../analyzer/observe/login-surge.ts';
import { Masking } from '../../../analyzer/observe/masking.ts';
import { NewSource } from '../../../analyzer/observe/new-source.ts';
import { OpenApis, type OpenCall } from '../../../analyzer/observe/open-apis.ts';
import { Pace } from '../../../analyzer/observe/pace.ts';
import { Readers } from '../../../analyzer/observe/readers.ts';
import { ResponseSize } from '../../../analyzer/observe/response-size.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const day = 86_400 * second;
const zone = 8 * 3600 * second;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const where = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x' };

test('places of an account', () => {
  const use = (seconds: number, client: string, device: string, session = `${client}${device}`): AccountUse => ({
    ...{ time: t0 + seconds * second, uid: `u${seconds}`, app: 'a.example', account: 'z***#1' },
    ...{ client, device, session, completeness: 1 },
  });
  const run = (uses: readonly AccountUse[]) =>
    told(
      steps(
        () => new AccountPlaces(),
        (m, u) => m.take(u),
        uses,
      ),
    );
  const places = [
    ['198.51.100.1', 'chrome/windows'],
    ['203.0.113.1', 'firefox/linux'],
    ['192.0.2.1', 'wechat/android'],
  ] as const;
  const at = (seconds: number, place: number, session?: string) =>
    use(seconds, places[place]![0], places[place]![1], session);
  const shared = run(range(30).map((i) => at(i * 20, i % 3)));
  assert.ok(shared.at(-1)!.value === 3 && shared.at(-1)!.numbers['turns']! >= 12);
  assert.equal(shared.at(-1)!.numbers['oneSession'], 0);
  const stolen = run(range(20).map((i) => at(i * 20, i % 2, 'one')));
  assert.equal(stolen.at(-1)!.numbers['oneSession'], 2);
  // One session that changes between two stacks, and one after the other in peace.
  assert.deepEqual(
    run(range(20).map((i) => use(i * 20, i % 2 ? '2001:db8::1' : '192.0.2.1', 'chrome/windows', 'one'))),
    [],
  );
  assert.deepEqual(run(range(20).map((i) => at(i * 400, i % 3))), []);
});

test('accounts of a device: handed through, and an office', () => {
  const run = (accounts: readonly number[]) =>
    told(
      steps(
        () => new DeviceAccounts(zone),
        (m, [i, n]: readonly [number, number]) =>
          m.take({
            ...where,
            time: t0 + i * 10 * second,
            uid: `u${i}`,
            account: `z***#${n}`,
            client: '192.0.2.1',
            device: 'app',
            completeness: 1,
          }),
        accounts.map((n, i) => [i, n] as const),
      ),
    );
  const handed = run(range(60).map((i) => Math.floor(i / 3)));
  assert.equal(handed.at(-1)!.value, 17);
  assert.equal(handed.at(-1)!.numbers['returns'], 0);
  const office = run([...range(60).map((i) => (i * 7) % 20), ...range(60).map((i) => (i * 3) % 20)]);
  assert.ok(office.every(({ value, numbers }) => value < 20 || numbers['returns']! === 0 || numbers['returns']! > 0.2));
});

test('a network that is new for who has been known for days', () => {
  const run = (days: number, client: string, persons: number) => {
    const uses = [
      ...range(days).map((d) => ({ time: t0 + d * day, client: '192.0.2.7', ids: [1] })),
      ...range(persons).map((i) => ({ time: t0 + days * day + i * second, client, ids: [100 + i] })),
    ];
    return told(
      steps(
        () => new NewSource(zone),
        (m, { time, client: from, ids }) =>
          m.take({
            ...where,
            time,
            uid: `u${time}`,
            subject: { kind: 'account', id: 'z' },
            client: from,
            account: 'z',
            personIds: ids,
            completeness: 1,
          }),
        uses,
      ),
    );
  };
  assert.deepEqual(
    run(5, '203.0.113.1', 12).map(({ value, numbers }) => [value, numbers['days'], numbers['networks']]),
    [[10, 5, 1]],
  );
  assert.deepEqual(run(5, '192.0.2.99', 12), []);
  assert.deepEqual(run(2, '203.0.113.1', 12), []);
  assert.deepEqual(run(5, '203.0.113.1', 3), []);
});

test('an answer that is far larger than the others', () => {
  const take = (sizes: readonly number[]) =>
    told(
      steps(
        () => new ResponseSize(),
        (m, [i, persons]: readonly [number, number]) =>
          m.take({
            ...where,
            time: t0 + i,
            uid: `u${i}`,
            subject: { kind: 'account', id: 'z' },
            client: '192.0.2.1',
            account: 'z',
            persons,
            records: persons,
            completeness: 1,
          }),
        sizes.map((size, i) => [i, size] as const),
      ),
    );
  assert.deepEqual(
    take([...range(40).map(() => 20), 1000, 20]).map(({ value, usual }) => [value, usual?.p95]),
    [[1000, 20]],
  );
  assert.deepEqual(take([...range(40).map(() => 300), 1000]), []);
  assert.deepEqual(take([20, 1000]), []);
});

test('a session after its end', () => {
  const ended = new EndedSessions();
  const use = (seconds: number) => ({
    ...{
      ...where,
      time: t0 + seconds * second,
      uid: `u${seconds}`,
      session: 's',
      sent: ['s'],
      client: '192.0.2.1',
      account: 'z',
      completeness: 1,
    },
  });
  assert.equal(ended.take(use(0)), undefined);
  ended.end(use(10));
  assert.equal(ended.take(use(40)), undefined);
  assert.equal(ended.take(use(130))?.value, 120);
  // An app's own mark, ended with it, goes along with the next session; and with nothing but what was ended.
  assert.equal(ended.take({ ...use(140), sent: ['s', 'the next one'] }), undefined);
  ended.end({ ...use(150), sent: ['s', 'device'] });
  assert.equal(ended.take({ ...use(300), sent: ['s', 'device'] })?.value, 150);
  ended.begin('s');
  assert.equal(ended.take(use(400)), undefined);
  const open = new EndedSessions((apiId) => apiId === where.apiId);
  open.end(use(10));
  assert.equal(open.take(use(130)), undefined);
  assert.equal(open.take({ ...use(130), apiId: 'another' })?.value, 120);
});

test('an API that gives its data to anybody is open; a login, a refusal and what is nobody’s are nothing', () => {
  const call = (change: Partial<OpenCall> = {}): OpenCall => ({
    ...{ apiId: 'a', success: true, credentialPresent: false, responseLevel: 3, caller: { login: null } },
    ...change,
  });
  const isOpen = (...calls: readonly OpenCall[]) => {
    const open = new OpenApis();
    for (const each of calls) open.take(each);
    const later = new OpenApis();
    later.restore(JSON.parse(JSON.stringify(open.snapshot())));
    assert.equal(later.isOpen('a'), open.isOpen('a'));
    return open.isOpen('a');
  };
  const three = (change: Partial<OpenCall> = {}) => [call(change), call(change), call(change)];
  assert.equal(isOpen(...three()), true);
  assert.equal(isOpen(call(), call()), false);
  assert.equal(isOpen(...three({ credentialPresent: true })), false);
  assert.equal(isOpen(...three({ success: false })), false);
  assert.equal(isOpen(...three({ responseLevel: 1 })), false);
  assert.equal(isOpen(...three({ caller: { login: {} } })), false);
});

test('the pace of a machine, and that of people', () => {
  const run = (gap: (i: number) => number) => {
    let time = t0;
    return told(
      steps(
        () => new Pace(),
        (m, i: number) => {
          time = t0 + gap(i) * second;
          return m.take({
            ...where,
            time,
            uid: `u${i}`,
            client: '192.0.2.1',
            isAnonymous: true,
            isRobot: false,
            asked: [{ value: i + 1 }],
            completeness: 1,
          });
        },
        range(320),
      ),
    ) as Observation[];
  };
  const [machine] = run((i) => i * 2);
  assert.ok(machine!.value === 300 && machine!.numbers['uneven']! < 0.01 && machine!.numbers['anonymous'] === 1);
  const [people] = run((i) => Math.floor(i / 10) * 100 + (i % 10));
  assert.ok(people!.numbers['uneven']! > 1);
});

test('masks here, clear there', () => {
  const label = (masked: number, clear: number, sample = '###****####') =>
    [{ label: 'mobile', count: masked + clear, distinct: clear, sample, masked }] as const;
  const run = (answers: readonly (readonly [apiId: string, labels: ReturnType<typeof label>, persons: number])[]) =>
    steps(
      () => new Masking(),
      (m, [i, [apiId, labels, persons]]: readonly [number, (typeof answers)[number]]) =>
        m.take({
          ...where,
          time: t0 + i,
          uid: `u${i}`,
          apiId,
          client: '192.0.2.1',
          account: 'z',
          labels,
          personIds: range(persons),
          completeness: 1,
        }),
      answers.map((answer, i) => [i, answer] as const),
    ).flatMap((each) => each ?? []);
  const lists = range(3).map(() => ['list', label(20, 0), 20] as const);
  assert.deepEqual(
    run([...lists, ['full', label(0, 20), 20]]).map(({ value, parameter }) => [value, parameter]),
    [[1, 'mobile']],
  );
  // Whoever opens one person of a masked list, and a customer who sees his own number.
  assert.deepEqual(run([...lists, ...range(9).map(() => ['one', label(0, 1), 1] as const)]), []);
  const [restored] = run([...lists, ['other', label(20, 0, '#######****'), 20]]);
  assert.equal(restored?.numbers['restorable'], 1);
  const together = run(range(4).map(() => ['both', label(20, 20), 20] as const));
  assert.ok(together.length > 0);
});

test('logins shared out over clients, and a morning', () => {
  const run = (clients: number, each: number, success: (i: number) => boolean) =>
    told(
      steps(
        () => new LoginSurge(),
        (m, i: number) =>
          m.take({
            ...where,
            time: t0 + i * second,
            uid: `u${i}`,
            client: `192.0.2.${i % clients}`,
            account: `z#${i}`,
            success: success(i),
            completeness: 1,
          }),
        range(clients * each),
      ),
    );
  const found = run(9, 12, () => false).at(-1)!;
  assert.ok(found.value >= 80 && found.numbers['sources'] === 9);
  assert.deepEqual(
    run(100, 1, () => false),
    [],
  );
  assert.deepEqual(
    run(9, 12, (i) => i % 10 !== 0),
    [],
  );
});

test('who reads of others, and when work is done', () => {
  const readers = new Readers(zone);
  const read = (d: number, ids: readonly number[]) => readers.take('a', 'z', t0 + d * day, ids);
  assert.deepEqual([read(0, range(9)), read(1, range(9)), read(2, [1]), read(3, [1])], [false, false, true, true]);
  const options = { zoneOffset: zone, hours: usualHours };
  const at = (text: string) => isOffHours(Date.parse(text) * 1000, options);
  assert.deepEqual(
    ['2026-03-05T02:30+08:00', '2026-03-05T10:00+08:00', '2026-03-05T21:00+08:00', '2026-03-08T15:00+08:00'].map(at),
    [true, false, true, true],
  );
});
