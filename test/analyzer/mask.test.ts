import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathTemplates } from '../../analyzer/discover/template.ts';
import { HeadMask } from '../../analyzer/mask.ts';
import { randomOf } from './discover/random.ts';

const mask = new HeadMask(new PathTemplates(), () => false);
const maskQuery = (query: string) => mask.query(query);
const maskReferer = (url: string) => mask.referer(url);

const rows: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a=1', 'a=1'],
  ['page=2&size=20', 'page=2&size=20'],
  ['pageNo=1&page_size=50&PAGE=3', 'pageNo=1&page_size=50&PAGE=3'],
  ['funcNo=407413', 'funcNo=407413'],
  ['func_no=331100&mobile=13800138000', 'func_no=331100&mobile=***'],
  ['method=trade.query&service=com.x.Y', 'method=trade.query&service=com.x.Y'],
  ['action=list&name=zhangsan', 'action=list&name=***'],
  ['sort=createdAt&order=desc', 'sort=createdAt&order=desc'],
  ['lang=zh-CN&v=2.0&format=json', 'lang=zh-CN&v=2.0&format=json'],
  ['version=1.0.2', 'version=1.0.2'],
  ['method=550e8400-e29b-41d4-a716-446655440000', 'method=***'],
  ['page=13800138000', 'page=***'],
  ['op=123456789', 'op=***'],
  ['action=13800138000', 'action=***'],
  ['action=a%20b', 'action=***'],
  ["sort=1'--", 'sort=***'],
  ['action=<script>', 'action=***'],
  ['service=a1b2c3d4e5f6', 'service=***'],
  ['token=abc', 'token=***'],
  ['password=', 'password='],
  ['id=1=2', 'id=***'],
  ['wsdl', 'wsdl'],
  ['singleWsdl', 'singleWsdl'],
  ['13800138000', '***'],
  ['a%20b', '***'],
  ['a1b2c3d4', '***'],
  ['zhang.san@example.com', '***'],
  ['x=1&flag&y=2', 'x=***&flag&y=***'],
  ['&&a=1', '&&a=1'],
  ['=x', '=***'],
  ['_=1735264800000', '_=***'],
  ['1735264800000=x', '***=***'],
  ['%E5%A7%93%E5%90%8D=x', '姓名=***'],
  ['%D0%D5%C3%FB=x', '姓名=***'],
  ['%zz=1&%=2&%F=3', '%zz=***&%=***&%F=***'],
  ['a%00b=1', 'a%00b=***'],
  ['list[0][id]=5', 'list[0][id]=***'],
];

test('names stay, values go', () => {
  for (const [query, masked] of rows) assert.equal(maskQuery(query), masked, query);
});

test('the result is bounded, and a cut is marked', () => {
  const long = Array.from({ length: 500 }, (_, i) => `name${'x'.repeat(i % 40)}=${'y'.repeat(100)}`).join('&');
  for (const query of [
    long,
    'a&'.repeat(10_000),
    `a=${'b'.repeat(100_000)}`,
    '%E5'.repeat(50_000),
    `${'n'.repeat(9000)}=1`,
  ]) {
    assert.ok(maskQuery(query).length <= 2048);
  }
  assert.ok(maskQuery(long).endsWith('&…'));
  assert.equal(maskQuery(`${'n'.repeat(100)}=1`), `${'n'.repeat(64)}…=***`);
  assert.equal(maskQuery(`${'ab.'.repeat(30)}=1`), `${'ab.'.repeat(30).slice(0, 64)}…=***`);
});

test('no value of a name outside the list survives, whatever the text', () => {
  const random = randomOf(13);
  const alphabet = ['%', '%2', '%41', '&', '=', '=', '+', ';', '中', '\u00ff', 'a', '1', ' ', '"', '#', '?'];
  for (let i = 0; i < 20_000; i++) {
    let noise = '';
    for (let n = random(10); n > 0; n--) noise += alphabet[random(alphabet.length)];
    const masked = maskQuery(`${noise}&secret=Zx9Qk${noise.replaceAll('&', '')}&page=1`);
    assert.ok(!masked.includes('Zx9Qk'), masked);
    assert.ok(masked.endsWith('page=1'), masked);
  }
});

test('a Referer keeps origin and masked path', () => {
  const referers: readonly (readonly [string, string])[] = [
    ['', ''],
    ['about:blank', 'about:blank'],
    ['https://Trade.Example.com/users/12345678/?token=x#y', 'https://trade.example.com/users/1***8'],
    ['http://u:p@h:8080/a', 'http://h:8080/a'],
    ['http://h', 'http://h/'],
    ['http://h?x=1', 'http://h/'],
    ['http://h#x', 'http://h/'],
    ['http://[::1]:81/a', 'http://[::1]:81/a'],
    ['http://bad host/a', 'http://***/a'],
    ['/users/13800138000?x', '/users/***'],
    ['javascript:alert(1)', '***'],
    ['13800138000', '***'],
    ['http://h/a@b.com/x', 'http://h/***/x'],
  ];
  for (const [referer, masked] of referers) assert.equal(maskReferer(referer), masked, referer);
  assert.ok(maskReferer(`http://${'h'.repeat(100_000)}/a`).length < 3000);
});

test('names that are values themselves are hidden, the first time and later', () => {
  const isClear = (text: string) => text === '张三';
  const hiding = new HeadMask(new PathTemplates(isClear), isClear);
  for (let time = 0; time < 3; time++) {
    assert.equal(hiding.query('%E5%BC%A0%E4%B8%89=1&page=2'), '***=***&page=2');
    assert.equal(hiding.referer('http://a.example/c/%E5%BC%A0%E4%B8%89/x?y=1'), 'http://a.example/c/***/x');
    assert.equal(hiding.userAgent('App/1 (13800138000)'), 'App/1 (***)');
  }
});
