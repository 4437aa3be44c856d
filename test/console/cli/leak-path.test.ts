/** The way of a leak: from the login, repeats once, rounds once, and only what belongs to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askPath, type PathCall, stepsOf } from '../../../console/cli/leak-path.ts';
import { FakeStore } from './fakes.ts';

const begin = 1_770_000_000e6;

function call(second: number, functions: readonly string[], persons = 0, more: Partial<PathCall> = {}): PathCall {
  const [name = 'other'] = functions;
  return {
    ...{ uid: `${second}-1`, ts: begin + second * 1e6, app: 'crm.example', apiId: `${name}${Math.min(persons, 2)}` },
    ...{ method: 'GET', template: `/${name}`, operation: '', status: 200, success: 1, client: '10.0.0.7' },
    ...{ account: 'o***#00000000ff', session: 'ab', device: 'chrome/windows', functions, given: ['mobile'] },
    ...{ persons, responseBytes: 100, completeness: 1, ...more },
  };
}

const calls = [
  call(0, ['login']),
  call(10, ['query'], 20),
  call(20, ['query'], 1),
  call(30, ['query'], 20),
  call(40, ['query'], 1),
  call(50, ['query'], 20, { status: 500, success: 0, client: '10.0.0.8' }),
  call(60, ['query'], 1, { completeness: 0.5 }),
  call(70, ['export', 'query'], 500),
  call(80, ['export', 'query'], 500),
  call(90, ['logout']),
];

test('repeats are one step, and rounds of two steps are told once', () => {
  const steps = stepsOf(calls, new Set(['70-1']));
  assert.deepEqual(
    steps.map(({ role, calls: many, failures, persons, matched }) => [role, many, failures, persons, matched]),
    [
      ['login', 1, 0, 0, 0],
      ['listing', 3, 1, 60, 0],
      ['detail', 3, 0, 3, 0],
      ['export', 2, 0, 1000, 1],
      ['logout', 1, 0, 0, 0],
    ],
  );
  assert.deepEqual([steps[1]!.first, steps[1]!.last], [calls[1]!.ts, calls[5]!.ts]);
  assert.deepEqual([[...steps[1]!.clients], steps[2]!.completeness], [['10.0.0.7', '10.0.0.8'], 0.5]);
});

async function pathOf(some: readonly PathCall[], hits: readonly number[]) {
  const store = new FakeStore({ 'leak-path': some });
  const suspect = { kind: 'account', key: 'o***#00000000ff' } as const;
  const path = await askPath(store, { suspect, hits, uids: new Set(), since: 0, until: 0 });
  return { path, asked: store.asked[0]!.parameters };
}

test('it begins with the last login before, else behind the last silence', async () => {
  const hit = call(70, []).ts;
  const earlier = [call(-5000, ['login']), call(-4000, ['query'], 7)];
  const withLogin = await pathOf([...earlier, ...calls], [hit]);
  assert.equal(withLogin.path.steps[0]!.first, calls[0]!.ts);
  assert.deepEqual(withLogin.asked, {
    ...{ accountHash: '00000000ff', since: hit - 12 * 3600e6, until: hit + 3600e6, limit: 50_001 },
  });
  const withoutLogin = await pathOf([call(-4000, ['query'], 7), ...calls.slice(1)], [hit]);
  assert.equal(withoutLogin.path.steps[0]!.first, calls[1]!.ts);
  const whole = await pathOf([...earlier, ...calls], []);
  assert.equal(whole.path.steps[0]!.first, earlier[0]!.ts);
});

test('of who is busy all day, it is told from as near as it takes to have the leak in it', async () => {
  const hit = call(70, ['export'], 500, { uid: 'leak' });
  // 60,000 calls in the twelve hours before, and as many again within the last half hour.
  const one = call(0, ['query'], 1);
  const many = (hours: number) =>
    Array.from({ length: 60_000 }, (_, i) => ({ ...one, ts: hit.ts - hours * 3600e6 + i * hours * 6e4 }));
  const busy = [...many(12), ...many(0.5), hit].sort((a, b) => a.ts - b.ts);
  const store = new FakeStore({
    'leak-path': ({ since, until, limit }) =>
      busy.filter(({ ts }) => ts >= Number(since) && ts < Number(until)).slice(0, Number(limit)),
  });
  const suspect = { kind: 'client', key: '10.0.0.7' } as const;
  const asked = { suspect, hits: [hit.ts], uids: new Set(['leak']), since: 0, until: 0 };
  const path = await askPath(store, asked);
  assert.equal(
    path.steps.reduce((sum, { matched }) => sum + matched, 0),
    1,
  );
  assert.equal(path.cut, true);
  assert.ok(path.calls > 25_000, String(path.calls));
  assert.ok(store.asked.length < 8);
});
