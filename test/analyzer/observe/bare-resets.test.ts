/** Passwords that are set anew, with and without a proof of who does it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordFieldsIn } from '../../../analyzer/identify/password-fields.ts';
import { BareResets, type ResetCall } from '../../../analyzer/observe/bare-resets.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
let uids = 0;
const where = (time: number, client = '198.51.100.1') => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/x', client, account: undefined },
  ...{ completedTs: t0 + time, uid: `u${uids++}`, completeness: 1, sampling: 1 },
});

test('resets of passwords without a proof', () => {
  const call = (i: number, client: string): ResetCall => ({
    ...where(i * second, client),
    ...{ uid: `l${i}`, functions: ['password-reset'], labelsRequest: [], credentialPresent: false },
    sent: { shapeEntries: 'mobile:text\npassword:text' },
    caller: { credentials: [], passwords: [{ hash: 'p' }] },
  });
  const reset = (change: Partial<ResetCall>, proves = false) =>
    told(
      steps(
        () => new BareResets(passwordFieldsIn),
        (m, i: number) => {
          const client = `198.51.100.${i}`;
          if (proves) m.prove(where(i * second, client));
          return m.take({ ...call(i + 60, client), ...change });
        },
        range(5),
      ),
    ).map(({ measure, value }) => [measure, value]);
  assert.deepEqual(reset({}), [['bare-reset', 3]]);
  assert.deepEqual(reset({}, true), []);
  assert.deepEqual(reset({ credentialPresent: true }), []);
  assert.deepEqual(reset({ labelsRequest: [{ label: 'sms-code' }] }), []);
  const both = { credentials: [], passwords: [{ hash: 'old' }, { hash: 'new' }] };
  assert.deepEqual(reset({ caller: both }), []);
  // Passwords that are set are known by the names of their fields alone.
  const named = (entries: string) =>
    reset({ caller: { credentials: [], passwords: [] }, sent: { shapeEntries: entries } });
  assert.deepEqual(named('mobile:text\nnewPassword:text\nconfirmPassword:text'), [['bare-reset', 3]]);
  assert.deepEqual(named('user.newPwd:text'), [['bare-reset', 3]]);
  assert.deepEqual(named('oldPassword:text\nnewPassword:text'), []);
  assert.deepEqual(named('newPassword:text\nsmsCode:text'), []);
  assert.deepEqual(named('mobile:text'), []);
});
