/** Secrets that were built into what many run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CarryingCall, ConstantSecrets } from '../../../analyzer/observe/constant-secrets.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const hour = 3600e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

type Carried = CarryingCall['caller']['credentials'][number];
const call = (time: number, client: string, credential: Partial<Carried>): CarryingCall => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/pay', account: undefined, client },
  ...{ completedTs: t0 + time, uid: `u${time}`, completeness: 1, sampling: 1 },
  caller: { credentials: [{ kind: 'api-key', place: 'body', name: 'appSecret', hash: 's', ...credential }] },
});
const seen = (n: number, credential: (i: number) => Partial<Carried>, each = hour, clients = n) =>
  told(
    steps(
      () => new ConstantSecrets(),
      (m, i: number) => m.take(call(i * each, `198.51.100.${i % clients}`, credential(i))),
      range(n),
    ),
  );

test('one secret of twenty clients, told once', () => {
  const [first, ...more] = seen(60, () => ({}));
  assert.deepEqual([first?.value, first?.parameter, first?.clients.length], [20, 'body.appSecret', 20]);
  assert.deepEqual(more, []);
  assert.equal(seen(60, () => ({ place: 'header', name: 'x-sign-key' })).length, 1);
});

test('one user and password by Basic of ten addresses within a day', () => {
  const basic = () => ({ kind: 'basic', place: 'header', name: 'authorization' });
  assert.deepEqual(
    seen(12, basic).map(({ value }) => value),
    [10],
  );
  assert.deepEqual(seen(12, basic, 5 * hour), []);
});

test('few clients, own secrets, keys that are no secret, other credentials: nothing', () => {
  assert.deepEqual(
    seen(60, () => ({}), hour, 19),
    [],
  );
  assert.deepEqual(
    seen(60, (i) => ({ hash: `s${i}` })),
    [],
  );
  assert.deepEqual(
    seen(60, () => ({ name: 'appKey' })),
    [],
  );
  assert.deepEqual(
    seen(60, () => ({ kind: 'session', name: 'secretSession' })),
    [],
  );
  assert.deepEqual(
    seen(60, () => ({}), 12 * hour),
    [],
  );
});
