import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ApiFormat } from '../../../analyzer/call.ts';
import { pathFunctions } from '../../../analyzer/discover/path-functions.ts';
import { randomOf, textOf } from './random.ts';

/** `POST /crm/login`, `POST /rpc trade.order.create`. */
function functionsOf(line: string, format: ApiFormat = 'REST'): string {
  const [method, template, operation] = line.split(' ');
  return [...pathFunctions(method!, template!, operation ?? '', format).keys()].sort().join(' ');
}

const told: readonly (readonly [lines: string, functions: string])[] = [
  ['POST /login | POST /user/doLogin.do | POST /auth/login/sms | POST /khdl | POST /denglu | POST /客户登录', 'login'],
  ['GET /logout | POST /api/user/logOut | POST /tuichu.do | DELETE /sessions/current | POST /安全退出', 'logout'],
  ['POST /register | POST /user/signUp | POST /openAccount/submit | POST /zhuce', 'register'],
  ['POST /sms/send | GET /getSmsCode | POST /api/v1/sms-codes | POST /sendVerifyCode | POST /dxyzm/fasong', 'sms-code'],
  ['POST /sms/verify | POST /checkSmsCode | POST /mobile/code/validate | POST /校验短信验证码', 'sms-verify'],
  ['POST /password/reset | POST /forgotPwd | POST /user/resetPassword.do | POST /czmm', 'password-reset'],
  [
    'GET /order/export | POST /exportTradeRecords | GET /report/exportExcel.do | POST /daochu | GET /导出客户',
    'export',
  ],
  ['POST /customer/importExcel | POST /import/customers', 'import'],
  ['POST /files/upload | PUT /upload/image | POST /shangchuan', 'upload'],
  ['GET /files/{id}/download | GET /files/{name}.pdf | GET /xiazai', 'download'],
  [
    'POST /orders | POST /order/cancel | DELETE /orders/{id} | POST /entrust/confirm | POST /weituo | POST /wtcd',
    'order',
  ],
  ['POST /trade/buy | POST /entrust_withdraw | POST /placeOrder | POST /batchOrders | POST /委托/撤单', 'order'],
  ['POST /services/FundService Subscribe | POST /rpc trade.order.create', 'order'],
  [
    'POST /bankTransfer | POST /yzzz | POST /orders/{id}/pay | POST /payOrder | POST /银证转账 | POST /rujin',
    'payment',
  ],
  [
    'GET /hq/snapshot/{ticker} | POST /market/getQuote | GET /kline/{code} | GET /marketData | GET /行情/{code}',
    'quote',
  ],
  ['POST /report/executeSql | POST /db/sql/run | GET /sql/query | POST /querySql', 'database-query'],
  ['GET /actuator/env | GET /v3/api-docs | GET /druid/datasource.json | GET /debug/vars', 'debug'],
  ['GET /config/app | POST /system/dict/list | GET /getSysConfig | PUT /user/settings', 'config'],
  ['GET /login/history | POST /getLoginInfo | POST /loginLog/list | GET /login | POST /order/list', 'query'],
  ['GET /orders | GET /orders/{id} | POST /queryOrder | POST /wtcx | POST /weituo/chaxun | POST /entrust/qry', 'query'],
  [
    'GET /export/tasks | GET /exports | GET /exportTasks | POST /export/history | GET /payments | GET /transfer',
    'query',
  ],
  ['GET /product/new | GET /users/{id}/edit | GET /查询客户 | POST /khcx | POST /graphql clientList', 'query'],
  ['POST /customers | POST /addCustomer | GET /saveUser.do | POST /新增客户 | POST /rpc note.submit', 'create'],
  ['PUT /customers/{id} | PATCH /x | POST /user/update | POST /khxg | POST /orders/{id}/updateRemark', 'update'],
  ['DELETE /customers/{id} | POST /user/delete | GET /delUser.do | POST /batchRemove | DELETE /exports/{id}', 'delete'],
  [
    'OPTIONS /orders | HEAD /hq/snapshot | CONNECT / | POST /servlet/json 301503 | POST /openapi/gateway | POST /rpc audit.note',
    '',
  ],
];

for (const [lines, functions] of told) {
  test(`${functions === '' ? 'nothing' : functions} by words`, () => {
    for (const line of lines.split(' | ')) assert.equal(functionsOf(line), functions, line);
  });
}

test('words count whole', () => {
  for (const line of [
    'GET /blogging/{id}',
    'GET /dialogin',
    'GET /reorders',
    'GET /exporter',
    'GET /payload',
    'GET /sqlite',
  ]) {
    assert.equal(functionsOf(line), 'query', line);
  }
  const random = randomOf(7);
  for (const word of ['login', 'export', 'entrust', 'pay', 'kline', 'sql', 'upload', 'weituo']) {
    for (let i = 0; i < 50; i++) {
      const glued = i % 2 === 0 ? `q${textOf(random, 'bdgkz', 3)}${word}` : `${word}${textOf(random, 'bdgkz', 3)}q`;
      assert.equal(functionsOf(`PUT /api/${glued}`), 'update', glued);
    }
  }
});

test('spelling does not matter: camel humps, hyphens, underscores, case, extensions, versions', () => {
  for (const spelt of [
    'exportOrderList',
    'export-order-list',
    'export_order_list',
    'ExportOrderList.do',
    'EXPORT-ORDER-LIST',
  ]) {
    assert.equal(functionsOf(`POST /api/v2/crm/${spelt}`), 'export', spelt);
  }
});

test('a page or an asset has functions of its own alone', () => {
  assert.equal(functionsOf('GET /account/login', 'web'), '');
  assert.equal(functionsOf('GET /orders', 'web'), '');
  assert.equal(functionsOf('GET /druid/index.html', 'web'), 'debug');
  assert.equal(functionsOf('GET /logout', 'web'), 'logout');
  assert.equal(functionsOf('GET /files/rules.pdf', 'asset'), 'download');
  assert.equal(functionsOf('GET /export.js', 'asset'), '');
  assert.equal(functionsOf('POST /account/login', 'web'), 'login');
});

test('reasons repeat words of the lists, never a text from the path', () => {
  const random = randomOf(3);
  for (let i = 0; i < 500; i++) {
    const secret = textOf(random, 'abcdefghijklmnopqrstuvwxyz0123456789', 12);
    for (const line of [`POST /login/${secret}`, `GET /${secret}/export`, `PUT /${secret}`, `POST /张${secret}/查询`]) {
      const [method, template] = line.split(' ');
      for (const reason of pathFunctions(method!, template!, '', 'REST').values()) assert.ok(!reason.includes(secret));
    }
  }
});

test('whatever the path, it is read without a throw, and the same twice', () => {
  const random = randomOf(11);
  const alphabet = 'aZ09/_-.{};:%=&登录查询 login';
  for (let i = 0; i < 3000; i++) {
    const template = `/${textOf(random, alphabet, random(80))}`;
    const operation = textOf(random, alphabet, random(40));
    const first = [...pathFunctions('POST', template, operation, 'REST')];
    assert.deepEqual([...pathFunctions('POST', template, operation, 'REST')], first);
  }
  assert.ok(pathFunctions('GET', `/${'a/'.repeat(50_000)}`, 'b.'.repeat(50_000), 'REST').size <= 1);
});

/** The data set's names for functions that have another here. */
const otherNames: Readonly<Record<string, string>> = {
  trade: 'order',
  sms_send: 'sms-code',
  sms_verify: 'sms-verify',
  password_reset: 'password-reset',
  db_query: 'database-query',
  submit: 'create',
};

test('functions of labelled brokerage operations', (t) => {
  const file = new URL('../shared/datasets/cn_broker/endpoints.jsonl', import.meta.resolve('#root/package.json'));
  if (!existsSync(file)) {
    t.diagnostic('absent: ../shared/datasets/cn_broker/endpoints.jsonl, nothing was evaluated');
    return;
  }
  let known = 0;
  let found = 0;
  const missed: string[] = [];
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { method, template, discriminator, func } = JSON.parse(line) as Readonly<Record<string, string>>;
    const name = otherNames[func!] ?? func!;
    const operation = discriminator?.split('=')[1] ?? '';
    // A bare function number says nothing; health, tokens, static files and changed passwords have no name here.
    if (/^\d+$/.test(operation) || ['health', 'token', 'static', 'password_set'].includes(func!)) continue;
    known++;
    const format = template!.endsWith('.html') ? 'web' : 'REST';
    if (pathFunctions(method!, template!, operation, format).has(name as never)) found++;
    else missed.push(`${method} ${template} ${operation}: ${name}`);
  }
  t.diagnostic(`${found} of ${known} by words alone; missed: ${missed.join(', ')}`);
  assert.ok(found >= 0.92 * known, missed.join('\n'));
});
