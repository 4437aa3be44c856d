import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerOf, type Exchange, hash, jwt } from './exchange.ts';

const pair = { account: 'zhangsan', password: 'vK7#mQ2!xT9z' };
const opaque = 'Zq8Lr2Xv9TnB4kWm7Yd1';
const cookie: Exchange['replyHeaders'] = [['Set-Cookie', `JSESSIONID=${opaque}; HttpOnly`]];

/** Exchange; `method outcome`, or null for no login; the account. */
const logins: readonly (readonly [string, Exchange, string | null, string?])[] = [
  [
    'token in the reply',
    { path: '/crm/login', body: pair, reply: { code: 200, msg: '操作成功', data: { token: opaque } } },
    'password success',
    'zhangsan',
  ],
  [
    'wrong password, 200',
    { path: '/crm/login', body: pair, reply: { code: 500, msg: '账号或密码错误' } },
    'password failure',
    'zhangsan',
  ],
  [
    'negative error_no',
    {
      path: '/servlet/json',
      body: { funcNo: '1', fund_account: '100200300', password: '888888' },
      reply: { error_no: -61, error_info: '密码错误', results: [] },
    },
    'password failure',
    '100200300',
  ],
  [
    'pair under any path',
    { path: '/x', body: { loginName: 'lisi', pwd: 'a' }, reply: { success: true } },
    'password success',
    'lisi',
  ],
  [
    'nested pair',
    {
      path: '/gw',
      body: { head: { v: 1 }, body: { userId: 'u01', passwd: 'x' } },
      reply: { rspCd: '00000', rspMsg: 'ok' },
    },
    'password success',
    'u01',
  ],
  [
    '0 that fails by words',
    { path: '/login', body: pair, reply: { code: 0, msg: '密码错误，您还有4次机会' } },
    'password failure',
  ],
  ['1 and nothing else', { path: '/login', body: pair, reply: { code: 1 } }, 'password unknown'],
  [
    'English failure',
    {
      path: '/login',
      body: pair,
      status: 400,
      reply: { error: 'invalid_grant', error_description: 'Bad credentials' },
    },
    'password failure',
  ],
  ['flag false', { path: '/login', body: pair, reply: { success: false } }, 'password failure'],
  ['401', { path: '/api/v1/sessions', body: pair, status: 401 }, 'password failure'],
  ['423', { path: '/api/v1/sessions', body: pair, status: 423, reply: { message: '账户已锁定' } }, 'password failure'],
  ['500 without words', { path: '/login', body: pair, status: 500 }, 'password unknown'],
  ['no response', { path: '/login', body: pair, status: null }, 'password unknown'],
  [
    'redirect away with a cookie',
    { path: '/login', body: pair, status: 302, replyHeaders: [...(cookie ?? []), ['Location', '/home']] },
    'password success',
  ],
  [
    'redirect back',
    { path: '/login', body: pair, status: 302, replyHeaders: [...(cookie ?? []), ['Location', '/login?error']] },
    'password failure',
  ],
  [
    'redirect to the login page',
    { path: '/login.do', body: pair, status: 302, replyHeaders: [['Location', 'https://h/user/login.jsp']] },
    'password failure',
  ],
  [
    'CAS ticket',
    {
      path: '/cas/login',
      body: { username: 'lisi', password: 'x' },
      status: 302,
      replyHeaders: [['Location', `https://app/login?ticket=ST-1-${opaque}`]],
    },
    'password success',
    'lisi',
  ],
  [
    'captcha wanted',
    { path: '/login', body: pair, reply: { code: 1001, msg: '请输入图形验证码' } },
    'password challenge',
  ],
  ['captcha flag', { path: '/login', body: pair, reply: { code: 1, needCaptcha: true } }, 'password challenge'],
  [
    'captcha wrong',
    { path: '/login', body: { ...pair, captcha: 'ab3d' }, reply: { code: 1, msg: '验证码错误' } },
    'password failure',
  ],
  ['second factor', { path: '/login', body: pair, reply: { code: 0, msg: '二次认证' } }, 'password challenge'],
  [
    'HTML page again',
    { path: '/login', body: pair, replyHeaders: [['Content-Type', 'text/html']] },
    'password unknown',
  ],
  ['cookie only', { path: '/login', body: pair, replyHeaders: cookie ?? [] }, 'password success'],
  [
    'GET login',
    { path: '/login', query: { username: 'lisi', password: 'x' }, reply: { code: '0000' } },
    'password success',
    'lisi',
  ],
  ['GET login page', { path: '/login', query: { service: 'x' } }, null],
  [
    'SMS code',
    {
      path: '/login/sms',
      body: { mobile: '13800138000', smsCode: '123456' },
      reply: { code: 0, data: { token: opaque } },
    },
    'sms-code success',
    '13800138000',
  ],
  [
    'SMS code as password',
    {
      path: '/smsLogin',
      body: { mobile: '13800138000', password: '123456' },
      reply: { code: 0, data: { token: opaque } },
    },
    'sms-code success',
    '13800138000',
  ],
  [
    'OAuth password grant',
    {
      path: '/oauth/token',
      body: { grant_type: 'password', username: 'lisi', password: 'x', client_id: 'app' },
      reply: { access_token: opaque },
    },
    'oauth success',
    'lisi',
  ],
  [
    'OAuth refused',
    {
      path: '/oauth/token',
      body: { grant_type: 'password', username: 'lisi', password: 'x' },
      status: 400,
      reply: { error: 'invalid_grant' },
    },
    'oauth failure',
    'lisi',
  ],
  [
    'OAuth client',
    {
      path: '/oauth/token',
      body: { grant_type: 'client_credentials', client_id: 'app', client_secret: opaque },
      reply: { access_token: opaque },
    },
    null,
  ],
  [
    'OAuth refresh',
    {
      path: '/oauth/token',
      body: { grant_type: 'refresh_token', refresh_token: opaque },
      reply: { access_token: opaque },
    },
    null,
  ],
  [
    'Basic',
    { headers: { Authorization: `Basic ${Buffer.from('lisi:x').toString('base64')}` }, status: 200 },
    'basic success',
    'lisi',
  ],
  [
    'Basic refused',
    {
      headers: { Authorization: `Basic ${Buffer.from('lisi:x').toString('base64')}` },
      status: 401,
      replyHeaders: [['WWW-Authenticate', 'Basic']],
    },
    'basic failure',
    'lisi',
  ],
  [
    'Digest',
    { headers: { Authorization: 'Digest username="lisi", realm="r"' }, status: 401 },
    'digest failure',
    'lisi',
  ],
  [
    'encrypted fields',
    { path: '/app/login', body: { data: opaque + opaque }, reply: { code: 0, data: { token: opaque } } },
    'password success',
  ],
  ['registration', { path: '/user/register', body: pair, reply: { code: 0 } }, null],
  [
    'change of password',
    { path: '/user/x', body: { userName: 'lisi', password: 'x', newPassword: 'y' }, reply: { code: 0 } },
    null,
  ],
  [
    'an order sealed with a PIN',
    {
      path: '/x',
      body: { fund_account: '100200300', password: '888888', stock_code: '600000', entrust_amount: 100 },
      reply: { error_no: 0 },
    },
    null,
  ],
  [
    'SMS code asked for',
    { path: '/api/v1/sms-codes', body: { mobile: '13800138000', scene: 'login' }, reply: { code: 0 } },
    null,
  ],
  ['a list', { path: '/sys/user/list', body: { userName: 'lisi', pageSize: 10 }, reply: { code: 0 } }, null],
  [
    'mobile application, PIN',
    { path: '/mobile/login', body: { mobile: '13800138000', password: '123456' }, reply: { code: 0 } },
    'password success',
    '13800138000',
  ],
  [
    'mobile and code',
    { path: '/login', body: { mobile: '13800138000', code: '123456' }, reply: { code: 0, data: { token: opaque } } },
    'sms-code success',
    '13800138000',
  ],
  [
    'better account wins',
    { path: '/login', body: { mobile: '13800138000', loginName: 'lisi', password: 'x' }, reply: { code: 0 } },
    'password success',
    'lisi',
  ],
  [
    'Latin message',
    { path: '/login', body: pair, reply: { ret: -1, message: 'User does not exist' } },
    'password failure',
  ],
];

test('logins are told by evidence, with their outcome', () => {
  for (const [name, exchange, expected, account] of logins) {
    const { login } = callerOf(exchange);
    assert.equal(
      login === null ? null : `${login.method} ${login.outcome}`,
      expected,
      `${name} ${JSON.stringify(login)}`,
    );
    if (account !== undefined) assert.equal(login?.account?.hash, hash(account), name);
  }
});

test('logouts', () => {
  assert.ok(callerOf({ path: '/crm/logout', method: 'POST' }).logout);
  assert.ok(callerOf({ path: '/api/v1/sessions/current', method: 'DELETE' }).logout);
  assert.ok(callerOf({ path: '/servlet/json', operation: 'userLogout' }).logout);
  assert.ok(!callerOf({ path: '/api/v1/orders/1', method: 'DELETE' }).logout);
  assert.ok(!callerOf({ path: '/crm/login', method: 'POST', body: pair }).logout);
});

test('passwords are told wherever they travel', () => {
  const order = callerOf({
    path: '/x',
    body: { fund_account: '100200300', trade_pwd: '888888', stock_code: '600000' },
  });
  assert.deepEqual(
    [order.passwords[0]?.form, order.passwords[0]?.weak, order.passwords[0]?.pin],
    ['plaintext', 'repeated', true],
  );
  const inUrl = callerOf({ path: '/login', query: { user: 'lisi', password: 'lisi' } });
  assert.deepEqual([inUrl.passwords[0]?.place, inUrl.passwords[0]?.weak], ['query', 'equals-account']);
  const basic = callerOf({ headers: { Authorization: `Basic ${Buffer.from('lisi:woaini').toString('base64')}` } });
  assert.deepEqual([basic.passwords[0]?.form, basic.passwords[0]?.weak], ['base64', 'in-list']);
  const code = callerOf({ path: '/smsLogin', body: { mobile: '13800138000', password: '123456' } });
  assert.equal(code.passwords[0]?.form, 'sms-code');
  assert.equal(callerOf({ body: { password: 'true' } }).passwords[0]?.form, 'flag');
});

test('evidence is in fixed words', () => {
  const facts = callerOf({
    path: '/login',
    body: pair,
    reply: { error_no: '-61', error_info: '密码错误 13800138000' },
  });
  const [said = '', ...seen] = facts.login!.evidence.toReversed();
  assert.deepEqual(seen.toReversed(), ['pair', 'path', 'code=-61', 'message=failure']);
  assert.match(said, /^said=[0-9a-f]{4}$/);
  const odd = callerOf({ path: '/login', body: pair, reply: { code: '13800138000' } });
  assert.deepEqual(odd.login?.evidence, ['pair', 'path', 'code=***']);
  const named = callerOf({ path: '/login', body: pair, reply: { data: { token: jwt({ sub: 'zhangsan' }) } } });
  assert.equal(named.issued[0]?.account?.hash, named.login?.account?.hash);
});

test('what a refusal says is told apart by its words, not by what was typed, by numbers or times', () => {
  const saidTo = (account: string, msg: string): string | undefined =>
    callerOf({ path: '/login', body: { ...pair, account }, reply: { code: 1001, msg } }).login?.evidence.at(-1);
  const wrong = saidTo('zhangsan', '密码错误，还可尝试 4 次');
  assert.equal(saidTo('lisi', '密码错误，还可尝试 11 次'), wrong);
  assert.notEqual(saidTo('lisi', '账号不存在'), wrong);
  assert.equal(saidTo('zhangsan', '账号 zhangsan 不存在'), saidTo('lisi', '账号 lisi 不存在'));
  // Who is let in is greeted by name: nothing is kept of it.
  const greeted = callerOf({ path: '/login', body: pair, reply: { code: 0, msg: '欢迎张三', token: opaque } });
  assert.deepEqual(
    greeted.login?.evidence.filter((word) => word.startsWith('said=')),
    [],
  );
});

test('a path that says exit logs out where it takes the cookie back', () => {
  const left = (path: string, setCookie: string): boolean =>
    callerOf({ path, method: 'GET', status: 302, replyHeaders: [['Set-Cookie', setCookie]] }).logout;
  const taken = 'JSESSIONID=; Path=/; Max-Age=0';
  assert.deepEqual(
    ['/trade/exit', '/sysExit.do', '/user-exit'].map((path) => left(path, taken)),
    [true, true, true],
  );
  assert.equal(left('/trade/exit', cookie![0]![1]), false);
  assert.equal(left('/positions/exitplan', taken), false);
});
