/** Ids of sessions that can be guessed: from five accounts on, and not where something longer goes along. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HandingCall, ShortSessions } from '../../../analyzer/observe/short-sessions.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const login = (i: number, issued: HandingCall['caller']['issued'], session = `s${i}`): HandingCall => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/login', client: `198.51.100.${i}` },
  ...{ account: `z***#${i}`, session, completedTs: t0 + i * 1e6, uid: `u${i}`, completeness: 1, sampling: 1 },
  caller: { issued },
});
const handed = (i: number, length: number, kind = 'session') => ({ kind, hash: `s${i}`, length });
const run = (count: number, make: (i: number) => HandingCall) =>
  told(
    steps(
      () => new ShortSessions(),
      (m, c) => m.take(c),
      Array.from({ length: count }, (_, i) => make(i)),
    ),
  ).map(({ measure, value, numbers, accounts }) => [measure, value, numbers['accounts'], accounts.length]);

test('short ids are told of once, from five accounts on', () => {
  assert.deepEqual(
    run(9, (i) => login(i, [handed(i, 8 + (i % 2))])),
    [['session-short', 9, 5, 5]],
  );
  assert.deepEqual(
    run(4, (i) => login(i, [handed(i, 8)])),
    [],
  );
  assert.deepEqual(
    run(9, (i) => ({ ...login(i, [handed(i, 8)]), account: 'z***#1' })),
    [],
  );
  const again = [0, 8 * 86_400e6].flatMap((later) =>
    Array.from({ length: 5 }, (_, i) => {
      const call = login(i, [handed(i, 8)]);
      return { ...call, completedTs: call.completedTs + later };
    }),
  );
  assert.equal(run(10, (i) => again[i]!).length, 2);
});

test('ids of 16 characters, a longer one beside it, and what is not the session are nothing', () => {
  assert.deepEqual(
    run(9, (i) => login(i, [handed(i, 16)])),
    [],
  );
  assert.deepEqual(
    run(9, (i) => login(i, [handed(i, 8), { kind: 'token', hash: 'other', length: 40 }])),
    [],
  );
  assert.deepEqual(
    run(9, (i) => login(i, [{ kind: 'session', hash: 'a route', length: 8 }])),
    [],
  );
  assert.deepEqual(
    run(9, (i) => login(i, [handed(i, 8, 'ticket')])),
    [],
  );
});
