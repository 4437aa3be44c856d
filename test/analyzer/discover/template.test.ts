import assert from 'node:assert/strict';
import { test } from 'node:test';
import { singular } from '../../../analyzer/discover/parameter-name.ts';
import { inferTemplate, PathTemplates } from '../../../analyzer/discover/template.ts';
import { randomOf, textOf } from './random.ts';

const templates = new PathTemplates();
const templateOf = (path: string) => templates.of(path);

const uuid = '550e8400-e29b-41d4-a716-446655440000';

/** path, template, masked path (`=` when it equals the template's words). */
const rows: readonly (readonly [string, string, string?])[] = [
  ['/', '/', '/'],
  ['*', '*', '*'],
  ['h.example:443', '{authority}', 'h.example:443'],
  ['/users', '/users', '/users'],
  ['/users/1/orders/2', '/users/{userId}/orders/{orderId}', '/users/***/orders/***'],
  ['/customers/123', '/customers/{customerId}', '/customers/***'],
  ['/customers/12345678', '/customers/{customerId}', '/customers/1***8'],
  [`/companies/${uuid}`, '/companies/{companyId}', '/companies/5***0'],
  ['/addresses/9', '/addresses/{addressId}'],
  ['/statuses/9', '/statuses/{statusId}'],
  ['/news/9', '/news/{newsId}'],
  ['/order-items/9', '/order-items/{orderItemId}'],
  ['/order_items/9', '/order_items/{orderItemId}'],
  ['/getUser/9', '/getUser/{userId}'],
  ['/order/9', '/order/{orderId}'],
  ['/get/9', '/get/{id}'],
  ['/api/9', '/api/{id}'],
  ['/v1/9', '/v1/{id}'],
  ['/user/id/9', '/user/id/{id}'],
  ['/fundCode/110022', '/fundCode/{fundCode}'],
  ['/客户/123', '/客户/{id}'],
  ['/1/2/3', '/{id}/{id2}/{id3}'],
  ['/users/1/users/2', '/users/{userId}/users/{userId2}'],
  [`/${uuid}`, '/{uuid}'],
  ['/nav/2024-12-27', '/nav/{date}', '/nav/2***7'],
  ['/nav/2024/12', '/nav/{navId}/{id}'],
  ['/quote/sh600000', '/quote/{ticker}', '/quote/s***0'],
  ['/quote/00700.HK/daily', '/quote/{ticker}/daily'],
  ['/quotes/600000.SH,000001.SZ', '/quotes/{quoteIds}', '/quotes/***'],
  ['/users/a%40b.com', '/users/{email}', '/users/***'],
  ['/users/13800138000/orders', '/users/{mobile}/orders', '/users/***/orders'],
  ['/kyc/11010519491231002X', '/kyc/{idCard}', '/kyc/***'],
  ['/verify/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP', '/verify/{token}', '/verify/***'],
  ['/host/10.1.2.3', '/host/{ip}'],
  ['/price/12.50', '/price/{number}', '/price/***'],
  ['/api/v1/funds', '/api/v1/funds'],
  ['/api/v2.1/funds/1.0', '/api/v2.1/funds/1.0'],
  ['/oauth2/t0/base64/k8s', '/oauth2/t0/base64/k8s'],
  ['/apis/apps/v1beta1/x', '/apis/apps/v1beta1/x'],
  ['/report/report_20240101.xlsx', '/report/{file}.xlsx', '/report/r***1.xlsx'],
  ['/report/20240101.pdf', '/report/{date}.pdf'],
  ['/orders/123.json', '/orders/{orderId}.json', '/orders/***.json'],
  ['/orders/list.json', '/orders/list.json'],
  ['/trade/query.do', '/trade/query.do'],
  ['/fund/110022.html', '/fund/{fundId}.html'],
  ['/index.jsp', '/index.jsp'],
  ['/v1.do', '/v1.do'],
  ['/static/main.8f3a.js', '/static/{file}.js', '/static/m***a.js'],
  ['/static/chunk-vendors.8f3a2b1c.css', '/static/{file}.css'],
  ['/static/jquery-3.6.0.min.js', '/static/jquery-3.6.0.min.js'],
  ['/img/logo.png', '/img/logo.png'],
  ['/commits/65db7ef.patch', '/commits/{commitId}.patch'],
  ['/orders/123:cancel', '/orders/{orderId}:cancel', '/orders/***:cancel'],
  ['/orders/123:approve', '/orders/{orderId}:approve'],
  ['/Orders(123)/Items', '/Orders({orderId})/Items', '/Orders(***)/Items'],
  ["/Funds('110022')", "/Funds('{fundId}')"],
  ["/Funds('growth')", "/Funds('growth')"],
  ['/a;jsessionid=0123456789abcdef/1', '/a/{id}'],
  ['/users/%31%32%33', '/users/{userId}'],
  ['/users/1/?x=2', '/users/{userId}'],
  ['http://h/users/1', '/users/{userId}'],
  ['/files/..%2f..%2fetc%2fpasswd', '/files/..%2F..%2Fetc%2Fpasswd'],
  ['/{id}/x', '/%7Bid%7D/x'],
  ["/x'%20or%201=1", "/x'%20or%201=1"],
  ['/getTop10Funds/queryL2', '/getTop10Funds/queryL2'],
  ['/users/张三', '/users/张三'],
  [`/users/${'x'.repeat(300)}`, '/users/{text}', '/users/***'],
  [`/users/${'x'.repeat(3000)}`, '/users/…', '/users/…'],
];

test('templates and masked paths', () => {
  for (const [path, template, masked] of rows) {
    const result = templateOf(path);
    assert.equal(result.template, template, path);
    if (masked !== undefined) assert.equal(result.masked, masked, path);
  }
});

test('reasons and parameters', () => {
  const result = templateOf(`/users/7/orders/${uuid}`);
  assert.equal(result.reason, '2=integer 4=uuid');
  assert.deepEqual(result.parameters, [
    { name: 'userId', class: 'integer', segment: 2, value: '7' },
    { name: 'orderId', class: 'uuid', segment: 4, value: uuid },
  ]);
  assert.equal(templateOf('/users').reason, '');
  const [named] = templateOf('/customers/138%30%301%33800/x').parameters;
  assert.equal(named?.value, '13800' + '13800');
});

test('numbers of functions are words and parameters, and what may be an id is a parameter alone', () => {
  for (const [path, template, masked] of [
    ['/api/331100', '/api/331100', '/api/***'],
    ['/gateway/api/407413', '/gateway/api/407413', '/gateway/api/***'],
    ['/servlet/json/407413', '/servlet/json/407413', '/servlet/json/407413'],
    ['/api/func/10023', '/api/func/10023', '/api/func/10023'],
    ['/service/rpc/100234', '/service/rpc/100234', '/service/rpc/100234'],
    ['/api/100234', '/api/{id}', '/api/***'],
    ['/api/33110', '/api/{id}', '/api/***'],
    ['/api/000331', '/api/{id}', '/api/***'],
    ['/json/100234', '/json/{jsonId}', '/json/***'],
    ['/service/100234', '/service/{serviceId}', '/service/***'],
    ['/service/660023', '/service/{serviceId}', '/service/***'],
    ['/api/service/660023', '/api/service/{serviceId}', '/api/service/***'],
    ['/gateway/660023', '/gateway/{gatewayId}', '/gateway/***'],
    ['/call/830142', '/call/{callId}', '/call/***'],
    ['/api/call/830142', '/api/call/{callId}', '/api/call/***'],
    ['/do/10023', '/do/{id}', '/do/***'],
    ['/invoke/830142', '/invoke/{invokeId}', '/invoke/***'],
    ['/rest/660023', '/rest/{id}', '/rest/***'],
    ['/user/func/331100', '/user/func/{funcId}', '/user/func/***'],
  ] as const) {
    const got = templateOf(path);
    assert.deepEqual([got.template, got.masked], [template, masked], path);
    const number = path.slice(path.lastIndexOf('/') + 1);
    assert.deepEqual(
      got.parameters.map(({ value }) => value),
      [number],
      path,
    );
    assert.equal(got.reason === '', template === path, path);
  }
});

test('the cache changes nothing', () => {
  for (const [path] of rows) {
    // Kept from the second time on.
    for (let time = 0; time < 3; time++) assert.deepEqual(templateOf(path), inferTemplate(path));
    assert.equal(templateOf(path).template, inferTemplate(path).template);
  }
});

test('singular', () => {
  const words = {
    companies: 'company',
    boxes: 'box',
    branches: 'branch',
    classes: 'class',
    databases: 'database',
    warehouses: 'warehouse',
    movies: 'movie',
    series: 'series',
    bus: 'bus',
    gas: 'gas',
    people: 'person',
    analysis: 'analysis',
    ties: 'tie',
    bonuses: 'bonus',
    data: 'data',
  };
  for (const [plural, one] of Object.entries(words)) assert.equal(singular(plural), one);
});

test('no raw id is ever in a template, and the masked path hides the value', () => {
  const random = randomOf(5);
  const words = ['users', 'api', 'v1', 'order', '客户', 'getFund', 'x', 'list.do'];
  for (let i = 0; i < 20_000; i++) {
    const digits = '123456789'[random(9)] + textOf(random, '0123456789', 4 + random(16));
    const hex = textOf(random, '0123456789abcdef', 16 + random(30));
    const guid = [8, 4, 4, 4, 12].map((n) => textOf(random, '0123456789abcdef', n)).join('-');
    const mixed = `ab${textOf(random, '0123456789', 5 + random(5))}`;
    const id = [digits, hex, guid, mixed, `no-${digits}`, `${digits}.json`, `${digits}:cancel`, `f_${digits}.xlsx`][
      random(8)
    ]!;
    const value = id.replace(/\.(?:json|xlsx)$|:cancel$/, '');
    const path = `/${words[random(words.length)]}/${id}/${words[random(words.length)]}`;
    const { template, masked, parameters } = inferTemplate(path);
    assert.ok(!template.includes(value), `${path} → ${template}`);
    assert.ok(!masked.includes(value), `${path} → ${masked}`);
    assert.equal(parameters.length, 1);
    assert.equal(template.split('/').length, path.split('/').length);
  }
});

test('names are unique within a template, and any path has one', () => {
  const random = randomOf(9);
  const alphabet = [
    '/',
    '/',
    '1',
    '23456',
    'users',
    'a1b2c3',
    uuid,
    '.json',
    '%',
    '%2F',
    ':',
    'x',
    '(',
    ')',
    "'",
    ',',
    ';',
    '中',
    '\u00ff',
    '{',
    '}',
    '2024-01-01',
  ];
  for (let i = 0; i < 20_000; i++) {
    let path = '/';
    for (let n = random(16); n > 0; n--) path += alphabet[random(alphabet.length)];
    const { template, masked, parameters } = templateOf(path);
    const names = parameters.map((parameter) => parameter.name);
    assert.equal(new Set(names).size, names.length, template);
    assert.equal(template.match(/\{[^{}]*\}/g)?.length ?? 0, names.length, template);
    assert.ok(template.startsWith('/') && masked.startsWith('/'));
  }
});

test('a word that is a value to who knows values is a parameter', () => {
  const isClear = (text: string) => text === '张三';
  const rows = [
    ['/customer/张三/detail', '/customer/{text}/detail', '/customer/***/detail'],
    ['/files/%E5%BC%A0%E4%B8%89.pdf', '/files/{text}.pdf', '/files/***.pdf'],
    ['/customer(张三)/orders', '/customer({text})/orders', '/customer(***)/orders'],
    ['/张三丰/list', '/张三丰/list', '/张三丰/list'],
  ] as const;
  for (const [path, template, masked] of rows) {
    const found = new PathTemplates(isClear).of(path);
    assert.deepEqual([found.template, found.masked], [template, masked]);
    assert.equal(found.parameters.length, template.includes('{') ? 1 : 0);
  }
});
