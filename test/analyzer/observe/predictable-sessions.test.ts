/** Ids of sessions that follow one another: from five accounts on, and not where something random goes along. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PredictableCall, PredictableSessions } from '../../../analyzer/observe/predictable-sessions.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
type Issued = PredictableCall['caller']['issued'];
const login = (i: number, issued: Issued, session = `s${i}`): PredictableCall => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/login', client: `198.51.100.${i}` },
  ...{ account: `z***#${i}`, session, completedTs: t0 + i * 1e6, uid: `u${i}`, completeness: 1, sampling: 1 },
  caller: { issued },
});
const handed = (i: number, stem: string, clock = false, kind = 'session', length = 20) => ({
  ...{ kind, hash: `s${i}`, length, stem, clock },
});
const run = (calls: readonly PredictableCall[]) =>
  told(
    steps(
      () => new PredictableSessions(),
      (m, c) => m.take(c),
      calls,
    ),
  ).map(({ measure, value, numbers, accounts }) => [
    measure,
    value,
    numbers['clock'],
    numbers['near'],
    accounts.length,
  ]);
const many = (count: number, make: (i: number) => PredictableCall) => Array.from({ length: count }, (_, i) => make(i));

test('ids that are times, and ids beside one another, are told of once from five accounts on', () => {
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, `t${i}`, true)]))), [['session-predictable', 5, 5, 0, 5]]);
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, 'one')]))), [['session-predictable', 5, 0, 5, 5]]);
  assert.deepEqual(run(many(4, (i) => login(i, [handed(i, `t${i}`, true)]))), []);
  assert.deepEqual(run(many(9, (i) => ({ ...login(i, [handed(i, 'one', true)]), account: 'z***#1' }))), []);
  const again = [0, 8 * 86_400e6].flatMap((later) =>
    many(5, (i) => ({ ...login(i, [handed(i, 'one', true)]), completedTs: t0 + i * 1e6 + later })),
  );
  assert.equal(run(again).length, 2);
});

test('random ids, something random beside them, and what is not the session are nothing', () => {
  assert.deepEqual(run(many(40, (i) => login(i, [handed(i, `r${i}`)]))), []);
  const token = (i: number) => ({ kind: 'token', hash: `t${i}`, length: 40, stem: `r${i}`, clock: false });
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, 'one', true), token(i)]))), []);
  const web = (i: number) => ({ kind: 'token', hash: `j${i}`, length: 300, stem: '', clock: false });
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, 'one', true), web(i)]))), []);
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, 'one', true)], 'another'))), []);
  assert.deepEqual(run(many(9, (i) => login(i, [handed(i, '', false, 'session', 8)]))), []);
});

test('the same id again, and ids of one account beside one another, are no counter', () => {
  assert.deepEqual(run(many(9, (i) => login(i, [{ ...handed(0, 'one'), hash: 'same' }], 'same'))), []);
  const twice = many(12, (i) => ({ ...login(i, [handed(i, `of${i >> 1}`)]), account: `z***#${i >> 1}` }));
  assert.deepEqual(run(twice), []);
});
