/** Applications that never ask for more than a password: what it takes to be sure, and what shows that one does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FactorCall, SingleFactor } from '../../../analyzer/observe/single-factor.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const minute = 60e6;
const day = 86_400e6;
type Use = readonly ['login' | 'take' | 'prove' | 'spend' | 'certified', FactorCall];

let uids = 0;
const call = (minutes: number, account: string | undefined, change: Partial<FactorCall> = {}): FactorCall => ({
  ...{
    app: 'a.example',
    apiId: 'a'.repeat(16),
    method: 'POST',
    template: '/x',
    client: `198.51.100.${account}`,
    account,
  },
  ...{ completedTs: t0 + minutes * minute, uid: `u${uids++}`, completeness: 1, sampling: 1 },
  ...{ functions: [], responseLevel: 0, labelsRequest: [], sent: { shapeEntries: 'body.account body.password' } },
  caller: { userAgentFamily: 'app/ios', login: null },
  ...change,
});
const caller = (method = 'password', family = 'app/ios', evidence: readonly string[] = ['path']) => ({
  caller: { userAgentFamily: family, login: { method, outcome: 'success', evidence } },
});
const run = (uses: readonly Use[]) =>
  told(
    steps(
      () => new SingleFactor(),
      (m, [what, c]) => {
        if (what !== 'certified') return m[what](c) ?? undefined;
        m.certified(c.app, c.completedTs);
        return undefined;
      },
      uses,
    ),
  ).map(({ measure, value, numbers, accounts }) => [measure, value, numbers, accounts.length]);

const sensitive = { responseLevel: 3 };
const visit = (minutes: number, account: string, change: Partial<FactorCall> = {}): Use[] => [
  ['login', call(minutes, account, { ...caller(), ...change })],
  ['take', call(minutes + 1, account)],
  ['take', call(minutes + 2, account, sensitive)],
];
const elsewhere = { client: '203.0.113.9', ...caller('password', 'chrome/windows') };
/** Accounts that come by, and the first of them a second time from another device. */
const visits = (accounts: number, devices: number, change: Partial<FactorCall> = {}): Use[] => [
  ...Array.from({ length: accounts }, (_, i) => visit(i * 10, `${i}`, change)).flat(),
  ...Array.from({ length: devices }, (_, i) => visit(1_000 + i * 10, `${i}`, { ...elsewhere, ...change })).flat(),
];
const found = (value: number, accounts: number, devices: number) => [
  ['single-factor', value, { accounts, devices }, accounts],
];

test('twenty accounts, three of them from new devices, and nobody is asked', () => {
  assert.deepEqual(run(visits(20, 3)), found(23, 20, 3));
  assert.deepEqual(run(visits(19, 5)), []);
  assert.deepEqual(run(visits(30, 2)), []);
  assert.deepEqual(run([...visits(20, 3), ...visits(20, 3)]).length, 1, 'once a week');
});

test('the same program elsewhere, and another program at the same place, are no new device', () => {
  const roams = visits(20, 0).concat(
    ...Array.from({ length: 6 }, (_, i) => visit(1_000 + i, `${i}`, { client: '203.0.113.9' })),
    ...Array.from({ length: 6 }, (_, i) => visit(1_100 + i, `${i}`, caller('password', 'chrome/windows'))),
  );
  assert.deepEqual(run(roams), []);
});

test('orders count as sensitive, calls of little level do not', () => {
  const acts = (change: Partial<FactorCall>) =>
    visits(20, 3).map(([what, c]): Use => [what, c.responseLevel === 3 ? { ...c, responseLevel: 0, ...change } : c]);
  assert.deepEqual(run(acts({ functions: ['order'] })), found(23, 20, 3));
  assert.deepEqual(run(acts({ functions: ['payment'] })), found(23, 20, 3));
  assert.deepEqual(run(acts({ responseLevel: 2 })), []);
});

test('one proof near a login, or between it and what is sensitive, says that the application asks', () => {
  const one: Use[][] = [
    [['login', call(900, '7', { ...caller(), sent: { shapeEntries: 'body.account body.captchaId' } })]],
    [['login', call(900, '7', { ...caller(), labelsRequest: [{ label: 'sms-code' }] })]],
    [
      ['prove', call(890, undefined, { client: '198.51.100.7' })],
      ['login', call(900, '7', caller())],
    ],
    [
      ['login', call(900, '7', caller())],
      ['take', call(901, '7', { functions: ['sms-verify'] })],
    ],
    [
      ['login', call(900, '7', caller())],
      ['take', call(901, '7', { template: '/mfa/check' })],
    ],
    [['certified', call(900, undefined)]],
  ];
  for (const uses of one) assert.deepEqual(run([...visits(20, 2), ...uses, ...visits(20, 3)]), [], uses[0]![0]);
  const later = visits(20, 3).map(([what, c]): Use => [what, { ...c, completedTs: c.completedTs + 40 * day }]);
  assert.deepEqual(run([['certified', call(0, undefined)], ...later]), found(23, 20, 3), 'but not for ever');
});

test('a code long before, or for a new password, proves no login', () => {
  const client = { client: '198.51.100.7' };
  const early: Use[] = [
    ['prove', call(700, undefined, client)],
    ['login', call(740, '7', caller())],
  ];
  assert.equal(run([...visits(20, 0), ...early, ...visits(20, 3)]).length, 1);
  const spent: Use[] = [
    ['prove', call(700, undefined, client)],
    ['spend', call(701, undefined, client)],
    ['login', call(705, '7', caller())],
  ];
  assert.equal(run([...visits(20, 0), ...spent, ...visits(20, 3)]).length, 1);
});

test('other ways to log in, fields that cannot be read, and sessions without a login are nothing', () => {
  assert.deepEqual(run(visits(30, 6, caller('basic', 'chrome/windows'))), []);
  assert.deepEqual(run(visits(30, 6, caller('sms-code', 'chrome/windows'))), []);
  assert.deepEqual(run(visits(30, 6, caller('password', 'chrome/windows', ['path', 'unread']))), []);
  assert.deepEqual(run(visits(30, 6).filter(([what]) => what === 'take')), []);
});

test('logins that reached nothing are bounded for each application, and those let go are counted', () => {
  const measure = new SingleFactor();
  for (let n = 0; n < 1_010; n++) measure.login(call(n, `${n}`, caller()));
  assert.equal(measure.evicted, 10);
});
