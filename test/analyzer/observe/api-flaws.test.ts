/** Measures of what an application lets through: what they tell, what not, and the same after a snapshot at any step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiVersions, type VersionedCall } from '../../../analyzer/observe/api-versions.ts';
import { type LoginAnswer, LoginAnswers } from '../../../analyzer/observe/login-answers.ts';
import { type OwnAnswer, OwnPersons } from '../../../analyzer/observe/own-persons.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const day = 86_400 * second;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const where = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x', client: '198.51.100.1' };

const own = (uses: readonly OwnAnswer[]) =>
  told(
    steps(
      () => new OwnPersons(8 * 3600 * second),
      (m, u) => m.take(u),
      uses,
    ),
  );
const answer = (days: number, seconds: number, account: string, person: number): OwnAnswer => ({
  ...where,
  ...{
    time: t0 + days * day + seconds * second,
    uid: `u${days}-${seconds}-${account}`,
    account,
    person,
    completeness: 1,
  },
});
/** Days on which everybody reads of himself. */
const usual = (days: number, accounts: number): OwnAnswer[] =>
  range(days).flatMap((d) =>
    range(accounts).flatMap((a) => range(4).map((i) => answer(d, a * 10 + i, `z***#${a}`, 1000 + a))),
  );

test('a customer who is given three others is told of; a couple, a clerk and a stranger are not', () => {
  const theft = range(8).map((i) => answer(3, 2000 + i, 'z***#0', 1001 + i));
  const found = own([...usual(3, 10), ...theft]);
  assert.deepEqual(
    found.map(({ value }) => value),
    [3, 6],
  );
  assert.deepEqual([found[0]!.subject.id, found[0]!.accounts, found[0]!.samples.length], ['z***#0', ['z***#0'], 3]);
  assert.deepEqual(own([...usual(3, 10), answer(3, 2000, 'z***#0', 1001), answer(3, 2001, 'z***#0', 1002)]), []);
  // A clerk reads of many every day, each several times.
  const clerk = range(6).flatMap((d) =>
    range(10).flatMap((p) => range(3).map((i) => answer(d, 3000 + p * 10 + i, 'c***#1', 1000 + p))),
  );
  const both = [...usual(6, 10), ...clerk].sort((x, y) => x.time - y.time);
  assert.deepEqual(own(both), []);
  // Persons that nobody has as his own: a list of directors, a family member without an account.
  assert.deepEqual(own([...usual(3, 10), ...range(8).map((i) => answer(3, 2000 + i, 'z***#0', 5000 + i))]), []);
});

test('persons are remembered under no text that reads as the number of a card', () => {
  const measure = new OwnPersons(0);
  const person = 6_222_021_234_567_894;
  for (const d of range(4)) for (const i of range(4)) measure.take(answer(d, i, 'z***#0', person));
  const { owners } = measure.snapshot();
  assert.equal(owners.young.length + owners.old.length, 1);
  assert.doesNotMatch(JSON.stringify(owners), new RegExp(`"[^"]*${person}`));
});

test('a capture of an earlier day neither counts nor teaches', () => {
  const before = [answer(-20, 0, 'z***#0', 1003), answer(-20, 1, 'z***#0', 1004)];
  const today = [answer(3, 2000, 'z***#0', 1001), answer(3, 2001, 'z***#0', 1002)];
  assert.deepEqual(own([...usual(3, 10), today[0]!, ...before, today[1]!]), []);
});

test('a person that two accounts have is nobody else’s: a firm with two who sign', () => {
  const firm = range(4).flatMap((d) =>
    ['f***#1', 'f***#2', 'f***#3'].flatMap((who, w) => range(4).map((i) => answer(d, 500 + w * 10 + i, who, 9000))),
  );
  const calls = [...usual(4, 10), ...firm].sort((x, y) => x.time - y.time);
  const others = range(2).map((i) => answer(4, 2000 + i, 'z***#0', 1001 + i));
  assert.deepEqual(own([...calls, ...others, answer(4, 2010, 'z***#0', 9000)]), []);
});

test('an old version that a tenth still calls; one alone, and one that is as busy, are not told of', () => {
  const call = (i: number, template: string, credentialPresent = true): VersionedCall => ({
    ...where,
    ...{ time: t0 + i * second, uid: `u${i}`, apiId: template, template, account: undefined },
    ...{ credentialPresent, completeness: 1 },
  });
  const run = (uses: readonly VersionedCall[]) =>
    told(
      steps(
        () => new ApiVersions(),
        (m, u) => m.take(u),
        uses,
      ),
    );
  const mixed = (every: number, open = false) =>
    range(200).map((i) => call(i, i % every === 0 ? '/api/v1/orders' : '/api/v2/orders', !(open && i % every === 0)));
  const [found, ...more] = run(mixed(10));
  assert.deepEqual(
    [found!.template, found!.value >= 0.8, found!.numbers['open'], more],
    ['/api/v1/orders', true, 0, []],
  );
  assert.equal(run(mixed(10, true))[0]!.numbers['open'], 1);
  assert.deepEqual(run(mixed(2)), []);
  assert.deepEqual(run(range(300).map((i) => call(i, '/api/v1/orders'))), []);
  assert.deepEqual(run(range(300).map((i) => call(i, i % 10 === 0 ? '/api/v1/orders' : '/api/v2/accounts'))), []);
});

test('a login whose refusals tell accounts apart, and one whose do not', () => {
  const login = (i: number, account: string, success: boolean, text: string): LoginAnswer => ({
    ...where,
    ...{ time: t0 + i * second, uid: `u${i}`, account, success, answer: text, completeness: 1 },
  });
  const run = (uses: readonly LoginAnswer[]) =>
    told(
      steps(
        () => new LoginAnswers(),
        (m, u) => m.take(u),
        uses,
      ),
    );
  const known = range(20).map((i) => login(i, `k${i}`, true, '200 0'));
  const tries = (ofKnown: string, ofOthers: string) =>
    range(40).map((i) =>
      i % 2 ? login(100 + i, `k${i % 20}`, false, ofKnown) : login(100 + i, `x${i}`, false, ofOthers),
    );
  const [found, ...more] = run([...known, ...tries('200 -2', '200 -1')]);
  assert.deepEqual([found!.value, found!.numbers, more], [1, { existing: 10, unknown: 10 }, []]);
  assert.deepEqual(run([...known, ...tries('200 -1', '200 -1')]), []);
  // One program with a password that has expired is one account, however often it tries.
  const job = range(30).map((i) => login(100 + i, 'k1', false, '200 -3'));
  assert.deepEqual(run([...known, ...job, ...range(30).map((i) => login(200 + i, `x${i}`, false, '200 -1'))]), []);
  // Words that are said once say nothing of who exists.
  const others = range(20).map((i) => login(200 + i, `x${i}`, false, '200 -1'));
  const odd = range(10).map((i) => login(100 + i, `k${i}`, false, `200 -1 said=${Math.min(i, 8)}`));
  assert.deepEqual(run([...known, ...odd, ...others]), []);
  // Nobody is known: nothing can be told.
  assert.deepEqual(run(tries('200 -2', '200 -1')), []);
});
