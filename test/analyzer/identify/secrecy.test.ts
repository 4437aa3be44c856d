/** Nothing clear leaves, and nothing on the wire throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerReader } from '../../../analyzer/identify/caller.ts';
import { DigestTable } from '../../../analyzer/identify/digest-table.ts';
import { randomOf, textOf } from '../discover/random.ts';
import { callerOf, type Exchange, jwt, options } from './exchange.ts';

const secret = 'Zq8Lr2Xv9TnB4kWm7Yd1';
const account = '13800138000';
const login = 'zhangsanfeng';
const password = 'Hunter2-Kestrel';
const planted = [
  secret,
  secret.slice(0, 12),
  account,
  '0013800',
  login,
  login.slice(0, 5),
  password,
  'Kestrel',
  '6222020200112233445',
  '733164',
];

const token = jwt({ sub: account, preferred_username: login, email: `${login}@x.example` });
const basic = Buffer.from(`${login}:${password}`).toString('base64');

const exchanges: readonly Exchange[] = [
  {
    headers: {
      Authorization: `Bearer ${token}`,
      Cookie: `JSESSIONID=${secret}; u_${account}=${secret}${secret}; a@${login}=${token}`,
    },
  },
  {
    headers: {
      Authorization: `Basic ${basic}`,
      'X-User-Name': login,
      'X-Token': secret,
      Referer: `http://h/?token=${secret}`,
    },
  },
  { headers: { Authorization: `Digest username="${login}", realm="${secret}"` } },
  { headers: { 'X-Forwarded-For': `${secret}, ${account}`, 'User-Agent': `${secret} ${account}` } },
  { path: `/a;jsessionid=${secret}`, query: { access_token: secret, opUser: account } },
  {
    path: '/login',
    body: { account, password },
    reply: { code: '733164', msg: `${login} 密码错误 ${password}`, data: { token } },
  },
  {
    path: '/login',
    body: { [`x${account}token`]: secret, data: { [account]: { password, loginName: login }, [login]: { password } } },
    reply: { data: { [account]: { token: secret }, [login]: { sessionId: secret, refreshToken: secret } } },
  },
  {
    path: '/login',
    body: { mobile: account, smsCode: '733164' },
    status: 302,
    replyHeaders: [
      ['Location', `/home?ticket=${secret}&u=${account}`],
      ['Set-Cookie', `sid${account}=${secret}`],
      ['Set-Cookie', `sid=${secret}`],
    ],
  },
  { path: '/x', body: { khh: '6222020200112233445', jymm: '733164', secretKey: secret } },
];

test('no planted value is in any fact', () => {
  const reader = new CallerReader({ ...options, digests: new DigestTable([password]) });
  let credentials = 0;
  for (const exchange of exchanges) {
    const facts = callerOf(exchange, reader);
    credentials += facts.credentials.length + facts.issued.length;
    const text = JSON.stringify(facts);
    assert.deepEqual(JSON.parse(text), facts);
    for (const value of [...planted, ...token.split('.'), basic])
      assert.ok(!text.includes(value), `${value} in ${text}`);
  }
  assert.ok(credentials >= 15, String(credentials));
});

test('noise in every place never throws, and is bounded', () => {
  const random = randomOf(41);
  const alphabet = [
    '=',
    ';',
    ',',
    '"',
    ' ',
    '\\',
    '%',
    '%41',
    '%zz',
    '.',
    'ey',
    'e30',
    'Basic ',
    'Bearer ',
    'token',
    '&',
    '?',
    '/',
    '\u00ff',
    '张',
    'a',
    '1',
    '\u0000',
    '{',
    '$2a$',
    '[',
    ':',
  ];
  const noise = (most: number) => {
    let out = '';
    for (let n = random(most); n > 0; n--) out += alphabet[random(alphabet.length)];
    return out;
  };
  const names = [
    'account',
    'password',
    'token',
    'code',
    'msg',
    'funcNo',
    'grant_type',
    'success',
    'smsCode',
    noise(6),
    'ticket',
    'status',
  ];
  for (let i = 0; i < 8000; i++) {
    const fields = () =>
      Object.fromEntries(
        Array.from({ length: random(6) }, () => [
          names[random(names.length)]!,
          random(4) === 0 ? random(2) === 0 : noise(20),
        ]),
      );
    const facts = callerOf({
      method: ['GET', 'POST', ''][random(3)]!,
      path: random(2) ? '/login' : `/${noise(12)}`,
      headers: {
        Authorization: noise(20),
        Cookie: noise(30),
        'X-Forwarded-For': noise(20),
        Forwarded: noise(20),
        Referer: noise(20),
        'User-Agent': noise(10),
        [noise(4)]: noise(9),
      },
      body: fields(),
      status: [0, 200, 302, 401, 500, null][random(6)]!,
      replyHeaders: [
        ['Set-Cookie', noise(30)],
        ['Location', noise(20)],
        ['X-Auth-Token', noise(20)],
      ],
      reply: fields(),
    });
    assert.ok(facts.credentials.length <= 6 && facts.issued.length <= 8 && facts.passwords.length <= 5);
    assert.equal(typeof facts.client, 'string');
  }
});

test('huge fields cost no more than their bound', () => {
  const huge = 'a1B2'.repeat(500_000);
  const facts = callerOf({
    path: `/login;${huge}`,
    headers: {
      Authorization: `Bearer ${huge}`,
      Cookie: `JSESSIONID=${huge}; ${'x=y;'.repeat(100_000)}`,
      Referer: `http://h/?${'a=b&'.repeat(100_000)}`,
      [huge]: '1',
      Forwarded: 'for=1;'.repeat(100_000),
    },
    body: { password: huge, account: huge, token: huge, [huge]: huge },
    replyHeaders: Array.from(
      { length: 1000 },
      (_, i) => ['Set-Cookie', `sid${i}=${textOf(randomOf(i + 1), 'abcdef0123456789', 32)}`] as const,
    ),
    reply: { msg: huge, code: huge, token: huge },
  });
  assert.ok(JSON.stringify(facts).length < 4000);
});
