import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BindingCall, bindingLimits, SessionBinding } from '../../../analyzer/identify/binding.ts';
import type { CallerFacts } from '../../../analyzer/identify/facts.ts';
import { randomOf } from '../discover/random.ts';
import { callerOf, type Exchange, hash, jwt } from './exchange.ts';

const one = 'Zq8Lr2Xv9TnB4kWm7Yd1';
const two = 'Ab3Cd4Ef5Gh6Ij7Kl8Mn';
const three = 'Nm9Ol8Pk7Qj6Ri5Sh4Tg';

function call(ts: number, exchange: Exchange, app = 'a', success: boolean | null = true): BindingCall {
  return { app, ts, caller: callerOf(exchange), success };
}
const login = (account: string, token: string, headers: Record<string, string> = {}): Exchange => ({
  path: '/login',
  headers,
  body: { account, password: 'vK7#mQ2!xT9z' },
  reply: { code: 0, data: { token } },
});
const bearer = (token: string): Exchange => ({ headers: { Authorization: `Bearer ${token}` } });
const who = (bound: ReturnType<SessionBinding['apply']>) =>
  bound === null ? null : `${bound.account.hash} ${bound.via}`;

test('a login binds what it issued, on whatever connection', () => {
  const binding = new SessionBinding();
  assert.equal(binding.apply(call(1, bearer(one))), null);
  assert.equal(who(binding.apply(call(2, login('zhangsan', one)))), `${hash('zhangsan')} login`);
  assert.equal(who(binding.apply(call(3, bearer(one)))), `${hash('zhangsan')} session`);
  assert.equal(who(binding.apply(call(4, bearer(one), 'b'))), `${hash('zhangsan')} session`);
  assert.equal(binding.apply(call(5, bearer(two))), null);
  assert.equal(binding.apply(call(6, {})), null);
  assert.deepEqual(binding.rates(), [
    { app: 'a', calls: 5, carrying: 3, bound: 1, logins: 1 },
    { app: 'b', calls: 1, carrying: 1, bound: 1, logins: 0 },
  ]);
  assert.equal(binding.counters().unbound, 2);
});

test('the session cookie sent along is bound, unless the reply replaces it', () => {
  const binding = new SessionBinding();
  const cookie = (value: string) => ({ Cookie: `JSESSIONID=${value}; zz=${three}` });
  binding.apply(call(1, login('zhangsan', two, cookie(one))));
  assert.equal(who(binding.apply(call(2, { headers: cookie(one) }))), `${hash('zhangsan')} session`);
  const replaced = new SessionBinding();
  replaced.apply(
    call(1, { ...login('zhangsan', two, cookie(one)), replyHeaders: [['Set-Cookie', `JSESSIONID=${two}9`]] }),
  );
  assert.equal(replaced.apply(call(2, { headers: cookie(one) })), null);
  assert.equal(who(replaced.apply(call(3, { headers: cookie(`${two}9`) }))), `${hash('zhangsan')} session`);
});

test('a cookie whose name says nothing counts once a login has issued it', () => {
  const binding = new SessionBinding();
  const carried = { headers: { Cookie: `zz=${one}` } };
  assert.equal(binding.apply(call(1, carried)), null);
  binding.apply(call(2, { ...login('lisi', two), replyHeaders: [['Set-Cookie', `zz=${one}`]] }));
  assert.equal(who(binding.apply(call(3, carried))), `${hash('lisi')} session`);
  assert.deepEqual(binding.rates()[0], { app: 'a', calls: 3, carrying: 1, bound: 1, logins: 1 });
});

test('a failed login binds nothing; an undecided one follows judge', () => {
  const binding = new SessionBinding();
  const failed = {
    ...login('zhangsan', one),
    reply: { code: -1, msg: '密码错误' },
    headers: { Cookie: `JSESSIONID=${one}` },
  };
  assert.equal(binding.apply(call(1, failed)), null);
  assert.equal(binding.apply(call(2, { headers: { Cookie: `JSESSIONID=${one}` } })), null);
  const undecided = { ...failed, reply: { code: 1 } };
  assert.equal(binding.apply(call(3, undecided, 'a', null)), null);
  assert.equal(binding.apply(call(4, undecided, 'a', false)), null);
  assert.equal(who(binding.apply(call(5, undecided, 'a', true))), `${hash('zhangsan')} login`);
});

test('logout ends a session but remembers it; a new login opens it again', () => {
  const binding = new SessionBinding();
  binding.apply(call(1, login('zhangsan', one)));
  binding.apply(call(5, { ...bearer(one), path: '/logout', method: 'POST' }));
  const late = binding.apply(call(6, bearer(one)));
  assert.deepEqual([late?.account.hash, late?.endedTs], [hash('zhangsan'), 5]);
  assert.equal(binding.apply(call(4, bearer(one)))?.endedTs, null);
  assert.deepEqual([binding.counters().loggedOut, binding.counters().afterLogout], [1, 1]);
  binding.apply(call(7, login('zhangsan', one)));
  assert.equal(binding.apply(call(8, bearer(one)))?.endedTs, null);
});

test('a token that names its owner is remembered after logout too', () => {
  const binding = new SessionBinding();
  const token = jwt({ sub: 'lisi' });
  assert.equal(who(binding.apply(call(1, bearer(token)))), `${hash('lisi')} jwt`);
  binding.apply(call(2, { ...bearer(token), path: '/logout', method: 'POST' }));
  assert.equal(binding.apply(call(3, bearer(token)))?.endedTs, 2);
});

test('a credential that changes hands is rebound, and says so', () => {
  const binding = new SessionBinding();
  binding.apply(call(1, login('zhangsan', one)));
  assert.equal(binding.apply(call(2, login('lisi', one)))?.previous, hash('zhangsan'));
  const later = binding.apply(call(3, bearer(one)));
  assert.deepEqual([later?.account.hash, later?.previous], [hash('lisi'), hash('zhangsan')]);
  assert.equal(binding.counters().rebound, 1);
});

test('a call that began before the login stays without an account, counted', () => {
  const binding = new SessionBinding();
  binding.apply(call(10, login('zhangsan', one)));
  assert.equal(binding.apply(call(9, bearer(one))), null);
  assert.deepEqual([binding.counters().beforeLogin, binding.counters().unbound], [1, 1]);
});

test('Basic, Digest and configured fields need no login', () => {
  const binding = new SessionBinding();
  const basic = { headers: { Authorization: `Basic ${Buffer.from('lisi:x').toString('base64')}` } };
  assert.equal(who(binding.apply(call(1, basic))), `${hash('lisi')} basic`);
  assert.equal(
    who(binding.apply(call(2, { headers: { 'X-User-Name': 'wangwu', Authorization: `Bearer ${one}` } }))),
    `${hash('wangwu')} header`,
  );
  assert.equal(who(binding.apply(call(3, { query: { opUser: 'wangwu' } }))), `${hash('wangwu')} field`);
});

test('a service is known by its client id, and its token by the service', () => {
  const binding = new SessionBinding();
  const asked = { grant_type: 'client_credentials', client_id: 'partner07', client_secret: three };
  const bound = binding.apply(call(1, { path: '/oauth/token', body: asked, reply: { access_token: one } }));
  assert.equal(who(bound), `${hash('partner07')} client`);
  assert.equal(who(binding.apply(call(2, bearer(one)))), `${hash('partner07')} session`);
  assert.equal(binding.rates()[0]?.logins, 0);
});

test('a number of the issuer and a login name become one account', () => {
  const binding = new SessionBinding();
  binding.apply(call(1, login('zhangsan', jwt({ sub: '1001', jti: 1 }))));
  assert.equal(who(binding.apply(call(2, bearer(jwt({ sub: '1001', jti: 2 }))))), `${hash('zhangsan')} jwt`);
  assert.equal(who(binding.apply(call(3, bearer(jwt({ sub: '1002' }))))), `${hash('1002')} jwt`);
});

test('a claim that is the same for everybody names nobody', () => {
  const binding = new SessionBinding();
  for (let i = 0; i < 12; i++) binding.apply(call(i, login(`user${i}`, jwt({ sub: 'portal', jti: i }))));
  assert.equal(binding.apply(call(20, bearer(jwt({ sub: 'portal', jti: 'new' })))), null);
  assert.equal(who(binding.apply(call(21, bearer(jwt({ sub: 'portal', jti: 3 }))))), `${hash('user3')} session`);
});

test('renewed tokens and tickets carry the account on, into another application', () => {
  const binding = new SessionBinding();
  binding.apply(
    call(
      1,
      {
        path: '/cas/login',
        body: { username: 'lisi', password: 'x' },
        status: 302,
        replyHeaders: [
          ['Set-Cookie', `CASTGC=TGT-${one}`],
          ['Location', `https://b/?ticket=ST-1-${two}`],
        ],
      },
      'sso',
    ),
  );
  const entered = binding.apply(
    call(2, { query: { ticket: `ST-1-${two}` }, replyHeaders: [['Set-Cookie', `JSESSIONID=${three}`]] }, 'b'),
  );
  assert.equal(who(entered), `${hash('lisi')} session`);
  assert.equal(
    who(binding.apply(call(3, { headers: { Cookie: `JSESSIONID=${three}` } }, 'b'))),
    `${hash('lisi')} session`,
  );
});

test('short ids count in their own application alone', () => {
  const binding = new SessionBinding();
  binding.apply(call(1, { ...login('lisi', one), replyHeaders: [['Set-Cookie', 'JSESSIONID=100234']] }));
  const short = { headers: { Cookie: 'JSESSIONID=100234' } };
  assert.equal(who(binding.apply(call(2, short))), `${hash('lisi')} session`);
  assert.equal(binding.apply(call(3, short, 'b')), null);
});

test('silence and fullness forget the oldest, counted', () => {
  const binding = new SessionBinding({ ...bindingLimits, sessions: 3, idleUs: 100 });
  for (let i = 0; i < 5; i++) binding.apply(call(i, login(`user${i}`, `${one}${i}`)));
  assert.equal(binding.counters().sessions, 3);
  assert.equal(binding.counters().evicted, 2);
  assert.equal(binding.apply(call(6, bearer(`${one}0`))), null);
  assert.notEqual(binding.apply(call(7, bearer(`${one}2`))), null);
  assert.equal(binding.apply(call(500, bearer(`${one}2`))), null);
  assert.equal(binding.counters().expired, 1);
  const many = new SessionBinding({ ...bindingLimits, applications: 2 });
  for (let i = 0; i < 10; i++) many.apply(call(i, {}, `app${i}`));
  assert.deepEqual(
    many.rates().map(({ app, calls }) => [app, calls]),
    [
      ['', 8],
      ['app0', 1],
      ['app1', 1],
    ],
  );
});

test('a snapshot restored goes on as if nothing had happened', () => {
  const random = randomOf(17);
  const facts: CallerFacts[] = [];
  const tokens = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? jwt({ sub: `u${i % 4}`, jti: i }) : `${two}${i}`));
  for (let i = 0; i < 12; i++)
    facts.push(
      callerOf(login(`user${i % 5}`, tokens[i]!)),
      callerOf(bearer(tokens[i]!)),
      callerOf({ ...bearer(tokens[i]!), path: '/logout' }),
    );
  const calls = Array.from(
    { length: 2000 },
    (_, i): BindingCall => ({
      app: `a${random(5)}`,
      ts: i + random(5),
      caller: facts[random(facts.length)]!,
      success: [true, null, false][random(3)]!,
    }),
  );
  const limits = { sessions: 8, idleUs: 300, aliases: 3, applications: 4 };
  const whole = new SessionBinding(limits);
  let parts = new SessionBinding(limits);
  for (const [i, each] of calls.entries()) {
    assert.deepEqual(parts.apply(each), whole.apply(each));
    if (i % 97 === 0) {
      const text = JSON.stringify(parts.snapshot());
      parts = new SessionBinding(limits);
      parts.restore(JSON.parse(text));
    }
  }
  assert.equal(JSON.stringify(parts.snapshot()), JSON.stringify(whole.snapshot()));
  const { carrying, bound } = whole.rates()[0]!;
  assert.ok(bound <= carrying);
});
