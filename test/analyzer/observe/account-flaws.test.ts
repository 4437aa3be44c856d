/** Measures of sessions, rights, written fields and logins: what they tell, what not, and the same after a snapshot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordFieldsIn } from '../../../analyzer/identify/password-fields.ts';
import { ForeignFunctions, type FunctionCall } from '../../../analyzer/observe/foreign-functions.ts';
import { type SessionCall, SessionLives } from '../../../analyzer/observe/session-lives.ts';
import { type SignedCall, SignedContent } from '../../../analyzer/observe/signed-content.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
let uids = 0;
const where = (time: number, client = '198.51.100.1') => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/x', client, account: undefined },
  ...{ completedTs: t0 + time, uid: `u${uids++}`, completeness: 1, sampling: 1 },
});
const handed = (hash: string) => ({ kind: 'session' as const, hash, length: 32, jwt: null, certain: true });

test('sessions: ids that are kept, handed out twice, without an end, and outliving the password', () => {
  const run = (calls: readonly SessionCall[]) =>
    told(
      steps(
        () =>
          new SessionLives(
            (apiId) => apiId === 'open',
            ({ certain }) => certain,
            (entries) => passwordFieldsIn(entries).sets,
          ),
        (m, c) => m.take(c) ?? undefined,
        calls,
      ),
    )
      .flat()
      .map(({ measure, value, numbers }) => [measure, value, numbers['accounts']]);
  const nobody = { login: null, logout: false, credentials: [], issued: [], passwords: [] };
  const visit = (time: number, hash: string, client?: string): SessionCall => ({
    ...where(time, client),
    ...{
      session: undefined,
      success: true,
      functions: [],
      responseLevel: 0,
      sent: { shapeEntries: '' },
      caller: { ...nobody, issued: [handed(hash)] },
    },
  });
  const login = (time: number, account: string, sent: string, issued: string, client?: string): SessionCall => ({
    ...where(time, client),
    ...{ account, session: issued === '' ? sent : issued, success: true, functions: ['login'], responseLevel: 0 },
    sent: { shapeEntries: '' },
    caller: {
      login: {},
      logout: false,
      credentials: sent === '' ? [] : [handed(sent)],
      issued: issued === '' ? [] : [handed(issued)],
      passwords: [],
    },
  });
  const use = (
    time: number,
    account: string,
    session: string,
    template = '/x',
    passwords: { hash: string }[] = [],
  ): SessionCall => ({
    ...where(time),
    template,
    ...{ account, session, success: true, functions: [], responseLevel: 3, sent: { shapeEntries: '' } },
    ...{ caller: { ...nobody, credentials: [handed(session)], passwords } },
  });
  const each = (n: number, calls: (who: string, id: string, i: number) => SessionCall[]) =>
    range(n)
      .flatMap((i) => calls(`z***#${i}`, `session-of-browser-${i}`, i))
      .sort((a, b) => a.completedTs - b.completedTs);
  // A visit's id goes on as the account's.
  const kept = each(3, (who, id, i) => [
    visit(i * second, id),
    login(i * second + minute, who, id, ''),
    use(i * second + 5 * minute, who, id),
  ]);
  assert.deepEqual(run(kept), [['session-kept', 3, 3]]);
  // Where anybody is given the same, and where another credential goes along that came with the login or later.
  assert.deepEqual(run(kept.map((call) => ({ ...call, apiId: 'open' }))), []);
  const along = (call: SessionCall, other: string, where: 'credentials' | 'issued'): SessionCall => ({
    ...call,
    caller: { ...call.caller, [where]: [...call.caller[where], handed(other)] },
  });
  const withMark = kept.map((call) =>
    call.responseLevel > 0 ? along(call, 'a-token-by-another-way', 'credentials') : call,
  );
  assert.deepEqual(run(withMark), []);
  const changed = each(3, (who, id, i) => [
    visit(i * second, id),
    login(i * second + minute, who, id, `${id}-new`),
    use(i * second + 5 * minute, who, `${id}-new`),
  ]);
  assert.deepEqual(run(changed), []);
  const two = (client: string) => [
    login(0, 'z***#1', '', 'one-session-for-both', '198.51.100.1'),
    login(minute, 'z***#2', '', 'one-session-for-both', client),
  ];
  assert.deepEqual(run(two('198.51.100.2')), [['session-twice', 1, 1]]);
  assert.deepEqual(run(two('198.51.100.1')), []);
  // What an app brings itself, and the server only repeats.
  const brought = two('198.51.100.2').map((call) => along(call, 'one-session-for-both', 'credentials'));
  assert.deepEqual(run(brought), []);
  const after = (n: number, gap: number) =>
    each(n, (who, id, i) => [
      login(i * second, who, '', id),
      use(i * second + minute, who, id),
      use(i * second + minute + gap, who, id),
    ]);
  assert.deepEqual(run(after(5, 5 * hour)), [['session-idle', 300, 5]]);
  assert.deepEqual(run(after(4, 5 * hour)), []);
  assert.deepEqual(run(after(9, 2 * hour)), []);
  // What is asked first after the pause is nobody's data; after a login it is another matter.
  const first = (calls: (who: string, id: string, i: number) => SessionCall[]) =>
    each(5, (who, id, i) => [
      login(i * second, who, '', id),
      use(i * second + minute, who, id),
      ...calls(who, id, i * second + 5 * hour),
      use(i * second + 5 * hour + minute, who, id),
    ]);
  assert.deepEqual(run(first((who, id, at) => [{ ...use(at, who, id), responseLevel: 0 }])), [
    ['session-idle', 299, 5],
  ]);
  const anew = first((who, id, at) => [
    { ...use(at, who, id), responseLevel: 0 },
    login(at + second, who, '', `${id}-new`),
  ]);
  assert.deepEqual(run(anew), []);
  // A mark of the client's own is no session; one that a logout handed out is.
  const own = (before: (id: string, i: number) => SessionCall[]) =>
    each(5, (who, id, i) => [
      ...before(id, i),
      login(i * second + 2 * minute, who, id, ''),
      use(i * second + 3 * minute, who, id),
      use(i * second + 5 * hour, who, id),
    ]);
  assert.deepEqual(run(own(() => [])), []);
  const leave = (id: string, i: number): SessionCall => ({
    ...visit(i * second, id),
    ...{ account: `z***#${i}`, session: 'the-session-before-it' },
    caller: { ...nobody, logout: true, issued: [handed(id)] },
  });
  assert.deepEqual(
    run(own((id, i) => [leave(id, i)])).map(([measure]) => measure),
    ['session-kept', 'session-idle'],
  );
  // An access token that is drawn anew lives as long as it does, whatever the cookie beside it.
  const drawn = each(5, (who, id, i) => [
    login(i * second, who, '', id),
    use(i * second + minute, who, id),
    along(use(i * second + 5 * hour, who, id), 'drawn-after-the-pause', 'credentials'),
  ]);
  assert.deepEqual(run(drawn), []);
  const old = each(3, (who, id) => [login(0, who, '', id), ...range(110).map((i) => use(i * 15 * minute, who, id))]);
  assert.deepEqual(run(old), [['session-age', 24, 3]]);
  const password = (session: string) => [
    login(0, 'z***#1', '', 'session-at-the-office', '198.51.100.1'),
    login(second, 'z***#1', '', 'session-of-the-phone', '198.51.100.2'),
    use(minute, 'z***#1', 'session-of-the-phone', '/user/password', [{ hash: 'old' }, { hash: 'new' }]),
    use(10 * minute, 'z***#1', session),
  ];
  assert.deepEqual(run(password('session-at-the-office')), [['session-password', 540, 1]]);
  assert.deepEqual(run(password('session-of-the-phone')), []);
  // A password that is set is known by its field alone; one that is only checked is none.
  const named = (entries: string) =>
    password('session-at-the-office').map((call) =>
      call.template === '/x' ? call : { ...call, caller: nobody, sent: { shapeEntries: entries } },
    );
  assert.deepEqual(run(named('oldPassword:string\nnewPassword:string')), [['session-password', 540, 1]]);
  assert.deepEqual(run(named('oldPassword:string')), []);
});

test('administrators’ functions: given to an ordinary account, and not to a new one or where many use them', () => {
  const run = (calls: readonly FunctionCall[]) =>
    told(
      steps(
        () => new ForeignFunctions(),
        (m, c) => m.take(c),
        calls,
      ),
    ).map(({ subject, value }) => [subject.id, value]);
  const call = (time: number, account: string, template: string): FunctionCall => ({
    ...where(time),
    ...{ account, template, apiId: template },
  });
  const population = (n: number) =>
    range(n).flatMap((i) =>
      [0, 1, 2].flatMap((d) =>
        range(20).map((k) => call(d * day + k * minute + i * second, `c***#${i}`, '/api/positions')),
      ),
    );
  const admins = (n: number) =>
    range(n).flatMap((i) => [0, 1, 2].map((d) => call(d * day + hour + i, `a***#${i}`, '/admin/users')));
  const sorted = (calls: readonly FunctionCall[]) => [...calls].sort((a, b) => a.completedTs - b.completedTs);
  const theft = (who: string) =>
    range(3).map((i) => call(2 * day + 2 * hour + i * minute, who, '/api/admin/users/{id}'));
  assert.deepEqual(run(sorted([...population(20), ...admins(1), ...theft('c***#3')])), [['c***#3', 2]]);
  assert.deepEqual(run(sorted([...population(20), ...admins(1), ...theft('c***#3').slice(1, 2)])), []);
  assert.deepEqual(run(sorted([...population(20), ...admins(1), ...theft('n***#9')])), []);
  assert.deepEqual(run(sorted([...population(20), ...admins(8), ...theft('c***#3')])), []);
  assert.deepEqual(run(sorted([...population(20), ...theft('c***#3')])), []);
  // What three ordinary accounts are given is everybody's; two thieves are told of.
  const thieves = (n: number) => range(n).flatMap((i) => theft(`c***#${i}`));
  const base = [...population(20), ...admins(1)];
  assert.deepEqual(run(sorted([...base, ...thieves(2)])).length, 2);
  assert.deepEqual(
    run([
      ...sorted(base),
      ...range(4).flatMap((i) => [call(2 * day + 3 * hour + i, `c***#${i}`, '/admin/menu')]),
      ...range(4).flatMap((i) => [call(2 * day + 4 * hour + i, `c***#${i}`, '/admin/menu')]),
    ]),
    [],
  );
  // A path that all use takes nothing from the circle of another one.
  const everybody = range(20).map((i) => call(minute + i, `c***#${i}`, '/admin/news'));
  assert.deepEqual(run(sorted([...base, ...everybody, ...theft('c***#3')])), [['c***#3', 2]]);
  // Who comes to it later is one more of them.
  const late = range(2).map((i) => call(2 * day + 4 * hour + i, 'c***#19', '/admin/news'));
  assert.deepEqual(run(sorted([...base, ...everybody.slice(0, 19), ...late])), []);
  // The third one is not told of for what he is given elsewhere, once.
  const third = ['/admin/menu', '/admin/logs'].map((path, i) => call(2 * day + 6 * hour + i, 'c***#2', path));
  const before = [0, 1].map((i) => call(2 * day + 5 * hour + i, `c***#${i}`, '/admin/menu'));
  assert.deepEqual(run(sorted([...base, ...before, ...third])), []);
  // Words with other meanings count where the path begins.
  const at = (template: string) => range(3).map((i) => call(2 * day + 2 * hour + i * minute, 'c***#3', template));
  assert.deepEqual(run(sorted([...base, ...at('/api/v1/manage/users')])), [['c***#3', 2]]);
  assert.deepEqual(run(sorted([...base, ...at('/api/sys/time')])), []);
  assert.deepEqual(run(sorted([...base, ...at('/api/system/configs')])), [['c***#3', 2]]);
  for (const template of [
    '/fund/manager/{id}',
    '/api/wealth/management/list',
    '/fund-manager/list',
    '/account/audits',
  ]) {
    assert.deepEqual(run(sorted([...base, ...at(template)])), [], template);
  }
  // What all paths begin with is the application's own name; words behind it stand where the path begins.
  const under = (root: string, calls: readonly FunctionCall[]) =>
    calls.map((each) => ({ ...each, template: `${root}${each.template}`, apiId: `${root}${each.template}` }));
  const admin = under(
    '/crm',
    range(3).map((d) => call(d * day + hour, 'a***#0', '/manage/users')),
  );
  const below = (root: string) => [...under(root, population(20)), ...admin, ...under('/crm', at('/manage/users'))];
  assert.deepEqual(run(sorted(below('/crm'))), [['c***#3', 2]]);
  assert.deepEqual(run(sorted(below('/fund'))), []);
  // Who still is given them a week later was made an administrator; who comes back after a month was not.
  const again = (days: number) =>
    range(2).map((i) => call((2 + days) * day + 5 * hour + i, 'c***#3', '/api/admin/users/{id}'));
  assert.deepEqual(run(sorted([...base, ...theft('c***#3'), ...again(10), ...again(40)])), [['c***#3', 2]]);
  assert.deepEqual(run(sorted([...base, ...theft('c***#3'), ...again(40)])).length, 2);
});

test('signatures are remembered under no text that reads as the number of a card', () => {
  const measure = new SignedContent();
  const signature = 6_222_021_234_567_894;
  measure.take({ ...where(0), signature, requestHash: 'a' });
  const { signatures } = measure.snapshot();
  assert.equal(signatures.young.length, 1);
  assert.doesNotMatch(JSON.stringify(signatures), new RegExp(`${signature}`));
});

test('a signature over three contents; one over the same again, and one for each, are nothing', () => {
  const run = (pairs: readonly (readonly [signature: number, content: string])[]) =>
    told(
      steps(
        () => new SignedContent(),
        (m, c: SignedCall) => m.take(c),
        pairs.map(([signature, requestHash], i) => ({ ...where(i * second), signature, requestHash })),
      ),
    ).map(({ value, samples }) => [value, samples.length]);
  assert.deepEqual(
    run([
      [1, 'a'],
      [1, 'b'],
      [1, 'c'],
      [1, 'd'],
    ]),
    [[3, 3]],
  );
  assert.deepEqual(
    run([
      [1, 'a'],
      [1, 'a'],
      [1, 'a'],
      [1, 'b'],
    ]),
    [],
  );
  assert.deepEqual(
    run([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]),
    [],
  );
});
