import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieClass } from '../../../analyzer/identify/cookie.ts';
import { callerOf, type Exchange, hash, jwt } from './exchange.ts';

const opaque = 'Zq8Lr2Xv9TnB4kWm7Yd1';
const token = jwt({ sub: 'zhangsan', iat: 1795000000, exp: 1795086400 });
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** What is sent; of each credential: kind, place, name, certain. */
const carried: readonly (readonly [Exchange, readonly string[]])[] = [
  [{}, []],
  [{ headers: { Authorization: `Bearer ${opaque}` } }, ['bearer header authorization']],
  [{ headers: { authorization: `bearer   ${opaque}` } }, ['bearer header authorization']],
  [{ headers: { Authorization: opaque } }, ['bearer header authorization']],
  [{ headers: { Authorization: 'Bearer null' } }, []],
  [{ headers: { Authorization: 'Bearer' } }, []],
  [{ headers: { Authorization: basic('zhangsan:x') } }, ['basic header authorization']],
  [
    { headers: { Authorization: 'Digest username="zhangsan", realm="r", nonce="n", response="0"' } },
    ['digest header authorization'],
  ],
  [{ headers: { Authorization: `ApiKey ${opaque}` } }, ['api-key header authorization']],
  [{ headers: { Authorization: `APPCODE ${opaque}` } }, ['api-key header authorization']],
  [{ headers: { Authorization: `Negotiate ${opaque}` } }, ['negotiate header authorization']],
  [
    {
      headers: {
        Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, Signature=5d67',
      },
    },
    ['signature header authorization'],
  ],
  [
    { headers: { Authorization: 'Signature keyId="k1",algorithm="rsa-sha256",signature="x"' } },
    ['signature header authorization'],
  ],
  [
    { headers: { Authorization: 'OSS AKIDEXAMPLE12:frJIUN8DYpKDtOLCwo//yllqDzg=' } },
    ['signature header authorization'],
  ],
  [{ headers: { Cookie: `JSESSIONID=${opaque}` } }, ['session cookie JSESSIONID']],
  [{ headers: { Cookie: `_ga=GA1.2.1.2; PHPSESSID=${opaque}; lang=zh` } }, ['session cookie PHPSESSID']],
  [{ headers: { Cookie: `connect.sid=s%3A${opaque}.x` } }, ['session cookie connect.sid']],
  [{ headers: { Cookie: `Admin-Token=${token}` } }, ['token cookie Admin-Token']],
  [
    {
      headers: {
        Cookie: `Hm_lvt_0123456789abcdef0123456789abcdef=1795000000; sensorsdata2015jssdkcross=${opaque}${opaque}`,
      },
    },
    [],
  ],
  [{ headers: { Cookie: 'theme=dark; a=1; b' } }, []],
  [{ headers: { Cookie: `zz=${opaque}` } }, ['session cookie zz ?']],
  [{ headers: { Cookie: `zz=${token}` } }, ['token cookie zz']],
  [{ headers: { Cookie: 'JSESSIONID=' } }, []],
  [{ headers: { Cookie: `zz=${opaque}; SESSION=${opaque}9` } }, ['session cookie SESSION', 'session cookie zz ?']],
  [{ headers: { 'X-Auth-Token': opaque } }, ['token header x-auth-token']],
  [{ headers: { token: opaque } }, ['token header token']],
  [{ headers: { satoken: opaque } }, ['token header satoken']],
  [{ headers: { 'X-CSRF-Token': opaque } }, []],
  [{ headers: { 'X-Request-Id': opaque } }, []],
  [{ headers: { 'X-API-Key': opaque } }, ['api-key header x-api-key']],
  [{ headers: { 'X-Session-Id': opaque } }, ['token header x-session-id']],
  [{ path: `/a;jsessionid=${opaque}` }, ['token path jsessionid']],
  [{ path: `/a;JSESSIONID=${opaque}/b`, query: { x: '1' } }, ['token path JSESSIONID']],
  [{ query: { access_token: opaque } }, ['token query access_token']],
  [{ query: { ticket: opaque } }, ['ticket query ticket']],
  [{ query: { pageToken: opaque, nextToken: opaque, csrf_token: opaque } }, []],
  [{ query: { token: '1' } }, []],
  [{ body: { head: { sessionId: opaque }, data: { x: 1 } } }, ['token body sessionId']],
  [{ body: { token: true, tokenType: opaque, expires_in: 3600 } }, []],
  [{ body: { refresh_token: opaque } }, ['refresh-token body refresh_token']],
  [
    { headers: { Authorization: `Bearer ${token}`, Cookie: `zz=${opaque}; sid=${opaque}1` } },
    ['bearer header authorization', 'session cookie sid', 'session cookie zz ?'],
  ],
];

test('what a request carries', () => {
  for (const [exchange, expected] of carried) {
    const { credentials } = callerOf(exchange);
    const told = credentials.map(({ kind, place, name, certain }) => `${kind} ${place} ${name}${certain ? '' : ' ?'}`);
    assert.deepEqual(told, expected, JSON.stringify(exchange));
    for (const { hash } of credentials) assert.match(hash, /^[0-9a-f]{16}$/);
  }
});

/** What is sent back; of each credential: kind, place, name. */
const issued: readonly (readonly [Exchange, readonly string[]])[] = [
  [
    { replyHeaders: [['Set-Cookie', `JSESSIONID=${opaque}; Path=/; HttpOnly; Secure; SameSite=Lax`]] },
    ['session cookie JSESSIONID'],
  ],
  [{ replyHeaders: [['set-cookie', 'JSESSIONID=; Max-Age=0']] }, []],
  [
    {
      replyHeaders: [
        ['Set-Cookie', `_ga=${opaque}`],
        ['Set-Cookie', 'theme=dark'],
      ],
    },
    [],
  ],
  [{ replyHeaders: [['Set-Cookie', `zz=${opaque}`]] }, ['session cookie zz']],
  [{ replyHeaders: [['X-Auth-Token', opaque]] }, ['token header x-auth-token']],
  [{ replyHeaders: [['Authorization', `Bearer ${token}`]] }, ['token header authorization']],
  [{ replyHeaders: [['Location', `https://app.example/in?ticket=ST-1-${opaque}`]] }, ['ticket location ticket']],
  [
    { replyHeaders: [['Location', `https://app.example/cb#access_token=${opaque}&token_type=bearer`]] },
    ['token location access_token'],
  ],
  [
    { reply: { access_token: opaque, token_type: 'bearer', expires_in: 60, refresh_token: `${opaque}r` } },
    ['token body access_token', 'refresh-token body refresh_token'],
  ],
  [{ reply: { error_no: 0, results: [{ token: opaque, client_name: 'x' }] } }, ['token body token']],
  [{ reply: { data: { sessionId: opaque } } }, ['token body sessionId']],
  [{ reply: { data: { csrfToken: opaque, nextPageToken: opaque, token: 12 } } }, []],
];

test('what a response issues', () => {
  for (const [exchange, expected] of issued) {
    const told = callerOf(exchange).issued.map(({ kind, place, name }) => `${kind} ${place} ${name}`);
    assert.deepEqual(told, expected, JSON.stringify(exchange));
  }
});

test('one secret has one hash, wherever it travels', () => {
  const seen = [
    callerOf({ headers: { Authorization: `Bearer ${token}` } }).credentials[0],
    callerOf({ headers: { Cookie: `Admin-Token=Bearer%20${token}` } }).credentials[0],
    callerOf({ headers: { 'X-Token': token } }).credentials[0],
    callerOf({ query: { token } }).credentials[0],
    callerOf({ reply: { data: { token: `Bearer ${token}` } } }).issued[0],
    callerOf({ replyHeaders: [['Set-Cookie', `token="${token}"`]] }).issued[0],
  ];
  for (const fact of seen) {
    assert.equal(fact?.hash, seen[0]?.hash);
    assert.deepEqual(fact?.jwt, { alg: 'HS256', iat: 1795000000, exp: 1795086400, guessed: false });
    assert.deepEqual(fact?.account, { display: 'z***', hash: hash('zhangsan'), from: 'jwt' });
  }
});

test('a signing scheme is known by its key, not by its signature', () => {
  const of = (signature: string) =>
    callerOf({ headers: { Authorization: `AWS4-HMAC-SHA256 Credential=AKID/20150830/x, Signature=${signature}` } })
      .credentials[0]?.hash;
  assert.equal(of('aa'), of('bb'));
  const digest = (nonce: string) =>
    callerOf({ headers: { Authorization: `Digest username="li\\"si", realm="r", nonce="${nonce}"` } }).credentials[0];
  assert.equal(digest('1')?.hash, digest('2')?.hash);
  assert.equal(digest('1')?.account?.hash, hash('li"si'));
});

/** Claims and the account they name. */
const claims: readonly (readonly [unknown, string | null])[] = [
  [{ sub: 'ZhangSan' }, 'zhangsan'],
  [{ sub: '1001', preferred_username: 'zhangsan' }, 'zhangsan'],
  [{ user_id: 1001 }, '1001'],
  [{ userName: 'lisi', sub: 'x' }, 'lisi'],
  [{ user: { loginName: 'lisi' } }, 'lisi'],
  [{ mobile: '+86 13800138000' }, '13800138000'],
  [{ iss: 'x', aud: 'y' }, null],
  [{ sub: '' }, null],
  [{ sub: null, uid: {} }, null],
  [{ sub: 'anonymousUser' }, null],
  [[1, 2], null],
  ['text', null],
];

test('whom a token names', () => {
  for (const [claim, account] of claims) {
    const fact = callerOf({ headers: { Authorization: `Bearer ${jwt(claim)}` } }).credentials[0];
    assert.equal(fact?.account?.hash ?? null, account === null ? null : hash(account), JSON.stringify(claim));
  }
  const none = callerOf({
    headers: { Authorization: `Bearer ${jwt({ sub: 'a', exp: 1795086400000 }, { alg: 'none' })}` },
  });
  assert.deepEqual(none.credentials[0]?.jwt, { alg: 'none', iat: null, exp: 1795086400, guessed: false });
  const broken = callerOf({ headers: { Authorization: 'Bearer eyJhbGciOiJIUzI1.e30.zzzzzz' } });
  assert.equal(broken.credentials[0]?.jwt, null);
});

const classes: readonly (readonly [string, string])[] = [
  ['ASPSESSIONIDABCDEFGH', 'session'],
  ['ASP.NET_SessionId', 'session'],
  ['.AspNetCore.Session', 'session'],
  ['laravel_session', 'session'],
  ['_myapp_session', 'session'],
  ['LtpaToken2', 'session'],
  ['CASTGC', 'ticket'],
  ['refresh_token', 'refresh-token'],
  ['trade_token', 'token'],
  ['XSRF-TOKEN', 'other'],
  ['BIGipServerpool', 'other'],
  ['acw_tc', 'other'],
  ['route', 'other'],
  ['TS01a2b3c4', 'other'],
  ['Hm_lpvt_x', 'other'],
  ['SERVERID', 'other'],
  ['__utmz', 'other'],
  ['xyz', 'unknown'],
];

test('which cookies hold sessions', () => {
  for (const [name, kind] of classes) assert.equal(cookieClass(name), kind, name);
});

test('attributes, removal, Referer', () => {
  const set = callerOf({
    replyHeaders: [['Set-Cookie', `sid=${opaque}; Secure ;httponly; SameSite=None; Max-Age=60`]],
  });
  assert.deepEqual(set.issued[0]?.cookie, { httpOnly: true, secure: true, sameSite: 'none' });
  for (const gone of [
    'sid=; Path=/',
    'sid=deleted',
    `sid=${opaque}; Max-Age=0`,
    `sid=${opaque}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  ]) {
    const facts = callerOf({ replyHeaders: [['Set-Cookie', gone]] });
    assert.ok(facts.cleared && facts.issued.length === 0, gone);
  }
  assert.ok(callerOf({ headers: { Referer: `https://h/p?x=1&token=${opaque}` } }).refererToken);
  assert.ok(!callerOf({ headers: { Referer: 'https://h/p?x=1&page=2' } }).refererToken);
});

test('configured header and field name the account', () => {
  assert.deepEqual(callerOf({ headers: { 'x-user-name': 'ZhangSan' } }).account, {
    display: 'z***',
    hash: hash('zhangsan'),
    from: 'header',
  });
  assert.equal(callerOf({ body: { opUser: 'lisi' } }).account?.from, 'field');
  assert.equal(
    callerOf({ headers: { 'X-User-Name': '\u00e5\u00bc\u00a0\u00e4\u00b8\u0089' } }).account?.display,
    '张*',
  );
  assert.equal(callerOf({ headers: { 'X-User-Name': 'null' } }).account, null);
});
