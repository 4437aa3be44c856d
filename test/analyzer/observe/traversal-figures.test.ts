/** Figures of traversal: worked out when asked for, the same whenever that is, and never of values that are gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AskedValues, type AskingCall } from '../../../analyzer/observe/asked-values.ts';
import { newCaller } from '../../../analyzer/observe/callers.ts';
import { Figures, Traversed } from '../../../analyzer/observe/traversal-figures.ts';

const site = { app: 'a', apiId: 'b', method: 'GET', template: '/c/{id}', parameter: 'path.id' };
const subject = { kind: 'api', id: 'b' } as const;

function call(i: number): AskingCall {
  const account = i % 3 === 0 ? '' : `m${i % 3}`;
  const caller = newCaller(account, `account ${account}`, `10.0.0.${9 - (i % 4)}`, account);
  const persons = i % 2 === 0 ? [i, 7] : [];
  return {
    time: 1e6 * i,
    uid: `u${i}`,
    success: i % 5 !== 0,
    completeness: 0.5,
    caller,
    persons,
    number: 0,
    snapshot: 0,
  };
}

function valuesOf(n: number): AskedValues {
  const values = new AskedValues();
  for (let i = 0; i < n; i++) values.push(1000 + i, i % 4 === 3 ? Number.NaN : 10 * i, i % 2 === 0, call(i));
  return values;
}

function plain(told: Traversed) {
  const { samples, clients, accounts, completeness, begin, end, value, numbers } = told;
  const { ordinals, fresh, success, sessions, perSession, perAccount, subjects, persons, beat } = numbers;
  const { monotone, constantGap, density } = numbers;
  return {
    ...{ samples, clients, accounts, completeness, begin, end, value, ordinals, fresh, success, sessions, perSession },
    ...{ perAccount, subjects, persons, beat, monotone, constantGap, density },
  };
}

const expected = {
  samples: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => `u${i}`),
  clients: ['10.0.0.6', '10.0.0.7', '10.0.0.8', '10.0.0.9'],
  accounts: ['m1', 'm2'],
  ...{ completeness: 0.5, begin: 4e6, end: 15e6, value: 12, ordinals: 9, fresh: 0.5, success: 9 / 12 },
  ...{ sessions: 2, perSession: 6, perAccount: 6, subjects: 3, persons: 7, beat: 0 },
  ...{ monotone: 1, constantGap: 0.75, density: 9 / 101 },
};

test('figures are those of the values from one on', () => {
  const values = valuesOf(16);
  assert.deepEqual(plain(new Traversed(site, subject, new Figures(values, 4), 300e6)), expected);
});

test('values that come later are none of its', () => {
  const values = valuesOf(16);
  const told = new Traversed(site, subject, new Figures(values, 4), 300e6);
  values.push(9999, 5, true, call(16));
  assert.deepEqual(plain(told), expected);
});

test('before values go, all is worked out; afterwards nothing is', () => {
  const values = valuesOf(16);
  const figures = new Figures(values, 4);
  const told = new Traversed(site, subject, figures, 300e6);
  const late = new Traversed(site, subject, new Figures(values, 4), 300e6);
  figures.settle();
  values.drop(6);
  assert.deepEqual(plain(told), expected);
  assert.throws(() => late.numbers['fresh'], /gone/);
});
