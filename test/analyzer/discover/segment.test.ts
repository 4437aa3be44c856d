import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classOf, isStrong, type SegmentClass } from '../../../analyzer/discover/segment.ts';
import { randomOf, textOf } from './random.ts';

const rows: Readonly<Record<SegmentClass, readonly string[]>> = {
  uuid: [
    '550e8400-e29b-41d4-a716-446655440000',
    '550E8400-E29B-41D4-A716-446655440000',
    '{550e8400-e29b-41d4-a716-446655440000}',
    'urn:uuid:550e8400-e29b-41d4-a716-446655440000',
    'abcdefab-abcd-abcd-abcd-abcdefabcdef',
  ],
  date: [
    '2024-12-27',
    '20241227',
    '2024.12.27',
    '2024_1_7',
    '2024-12',
    '27-12-2024',
    '12.27.2024',
    '2024年12月27日',
    '2024年12月',
  ],
  datetime: ['2024-12-27T09:30:00Z', '2024-12-27 09:30', '20241227093000', '20241227T093000Z', '20241227093000123'],
  time: ['09:30', '09:30:15', '23:59:59.123'],
  ip: ['10.1.2.3', '192.168.0.1:8080', '10.0.0.0/8', '::1', '2001:db8::1', '[fe80::1]'],
  email: ['zhang.san@example.com', 'a+b@x.cn', 'ops-1@mail.broker.com.cn'],
  mobile: ['13800138000', '+8613800138000', '8613800138000', '+86-13800138000', '19912345678'],
  'id-card': ['11010519491231002X', '11010519491231002x', '440524198801010011'],
  integer: [
    '0',
    '7',
    '123',
    '2024',
    '407413',
    '20241399',
    '12345678901',
    '1234567890123456789',
    '-42',
    '+5',
    '00000000',
  ],
  decimal: ['12.50', '0.0875', '-3.14', '1.33'],
  hex: [
    'd41d8cd98f00b204e9800998ecf8427e',
    'DEADBEEFDEADBEEF',
    'abcdefabcdefabcd',
    '0x5aAeb6053F3E94C9',
    'a'.repeat(40),
  ],
  objectid: ['507f1f77bcf86cd799439011'],
  ulid: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ksuid: ['0ujtsYcgvSTl8PAuAdqWYSMnLOv'],
  prefixed: [
    'cus_9sXk2LmQabcd',
    'cus_EhXUSnwmvNRdn7',
    'ORD20240001',
    'TX000123456',
    'user-123',
    'order_20240101',
    'report_20240101',
    'ACC-00012345',
    'fund-a1b2c3d4',
    'user:10042',
    'user-550e8400-e29b-41d4-a716-446655440000',
    'AC0123456',
    'func331100',
    'x9-12345678',
  ],
  code: [
    'a1b2c3',
    'k3j9d8f2',
    'crystal123',
    '8f3a2b1c',
    '65db7ef',
    '2024-000123',
    '12345678-my-title',
    '20240101-20241231',
    '010-66668888',
    '00:1a:2b:3c:4d:5e',
    '报告20240101',
  ],
  ticker: [
    'sh600000',
    'SZ000858',
    'bj430047',
    'hk00700',
    '600000.SH',
    '000001.sz',
    '00700.HK',
    'IF2412',
    'T2503',
    'cu2501.SHF',
    'AAPL.US',
  ],
  token: ['dGhpc0lzQVRva2VuMTIzNDU', 'Xk9_vQ2-mZp7Lw4RtY8b', 'pQ8zR2vLkXw9TnB4', 'QxRtzPLkvBNmWsdFGhJk'],
  jwt: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP', 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.'],
  list: ['1,2,3', '600000.SH,000001.SZ', '12,13800138000', 'a1b2c3,d4e5f6'],
  text: ['x'.repeat(129), 'long words and spaces '.repeat(8), '1'.repeat(3000)],
  version: [
    'v1',
    'V2',
    'v2.1',
    'v68',
    'v1.0.3',
    '1.0',
    '2.0',
    '1.2.3',
    '10.3',
    'v1beta1',
    'v2alpha1',
    'v1.0-rc1',
    'v20240101',
    'v2024-01-01',
  ],
  word: [
    '',
    'users',
    'order-items',
    'getCustomerInfo',
    'getTop10Funds',
    'query50Etf',
    'FundList2024',
    'top10funds',
    'retrieve3ds2Result',
    'authorise3ds2',
    'getCustomerInfoV2List',
    'getIpoApplyInfoByIdNo',
    'queryAllSecuritiesPositionList',
    'oauth2',
    'mp3',
    'ipv4',
    'ipv6',
    's3',
    'base64',
    'sha256',
    'md5',
    'h5',
    'web3',
    'b2b',
    'k8s',
    't0',
    'T1',
    'utf8',
    'iso8601',
    'iso-8601',
    'amd64',
    'i18n',
    'rest_v1',
    'api-v2',
    'oauth2-callback',
    'release-1.2',
    'annual-report-2024',
    'report-2024',
    'step-1',
    'level2',
    'rbac.authorization.k8s.io',
    'api.xro',
    'zh-CN',
    'zh_TW',
    '查询',
    '客户信息',
    '张三',
    '沪深300',
    'khzl',
    'a,b,c',
    'id,name',
    '..',
    '.',
    '...',
    '$metadata',
    '@me',
    '@user',
    '{id}',
    ':id',
    '~root',
    "1' or '1'='1",
    '<script>alert(1)</script>',
    'deadbeef',
    'facade',
    'README.md',
    'supercalifragilisticexpialidocious',
    'com.broker.trade.QueryService',
    'user@',
    '%E9',
    '-',
    '__',
  ],
};

let count = 0;
for (const [expected, texts] of Object.entries(rows)) {
  test(`class ${expected}`, () => {
    for (const text of texts) assert.equal(classOf(text), expected, JSON.stringify(text.slice(0, 80)));
  });
  count += texts.length;
}

test('the table is long enough to mean something', () => assert.ok(count >= 150, String(count)));

test('random ids of every kind are strong', () => {
  const random = randomOf(7);
  const hexDigits = '0123456789abcdef';
  for (let i = 0; i < 2000; i++) {
    const uuid = [8, 4, 4, 4, 12].map((n) => textOf(random, hexDigits, n)).join('-');
    assert.equal(classOf(uuid), 'uuid');
    for (const id of [
      textOf(random, '0123456789', 1 + random(25)),
      textOf(random, hexDigits, 16 + random(49)),
      `ORD${textOf(random, '0123456789', 6 + random(12))}`,
      `user_${textOf(random, '123456789', 5 + random(10))}`,
      `sz${textOf(random, '0123456789', 6)}`,
    ]) {
      assert.ok(isStrong(classOf(id)), id);
    }
  }
});

test('names made of words are never strong', () => {
  const random = randomOf(11);
  const words = 'account query fund order list position market detail customer export login audit risk quote'.split(
    ' ',
  );
  const joins: ((a: string, b: string) => string)[] = [
    (a, b) => a + b[0]!.toUpperCase() + b.slice(1),
    (a, b) => `${a}-${b}`,
    (a, b) => `${a}_${b}`,
    (a, b) => `${a}.${b}`,
    (a, b) => `${a}${b}`,
  ];
  for (let i = 0; i < 3000; i++) {
    let name = words[random(words.length)]!;
    for (let n = random(4); n > 0; n--) name = joins[random(joins.length)]!(name, words[random(words.length)]!);
    assert.ok(!isStrong(classOf(name)), name);
    assert.ok(!isStrong(classOf(name + random(10))), `${name} and one digit`);
  }
});

test('any text has a class, in time linear in its length', () => {
  const random = randomOf(3);
  for (let i = 0; i < 20_000; i++) {
    const length = random(60);
    let text = '';
    for (let n = 0; n < length; n++) text += String.fromCharCode(random(20) === 0 ? random(65536) : random(128));
    assert.equal(typeof classOf(text), 'string');
  }
  // Shapes that make careless patterns backtrack: quadratic time on the longest segments would take minutes here.
  for (const part of ['1-', 'a1', '1.', 'a@', 'a.', ',1', 'eyJ.', '::', 'v1.', '(', 'aA', '1,a1']) {
    const text = part.repeat(2048 / part.length);
    for (let i = 0; i < 200; i++) classOf(text);
  }
});
