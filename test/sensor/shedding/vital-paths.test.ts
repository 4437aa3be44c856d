/** What a path names, in the words of brokers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptOf, type Vital, vitalOf } from '../../../sensor/shedding/vital-paths.ts';

const named: Readonly<Record<Vital, readonly string[]>> = {
  act: [
    ...['/login', '/api/v1/sessions', '/user/doLogin', '/khdl', '/h5/wxLoginByPhone', '/oauth2/token', '/sign-in'],
    ...['/sms/send', '/user/getVerifyCode', '/yzm', '/api/captcha.png', '/pwd/reset', '/modifyPassword', '/xgmm'],
    ...['/api/v1/orders/{orderId}', '/wt/gpmr', '/trade/entrust', '/fund/subscribePay', '/yzzz/rujin', '/cancelOrder'],
    ...['/pay/transfers', '/h5/kaihu/step1', '/OpenAccount.do', '/%6Cogin', '/%E7%99%BB%E5%BD%95', '/PAY', '/登录'],
    ...['/%B5%C7/%6Cogin', Buffer.from('/密码/修改').toString('latin1'), '/trade.OrderService/Place', '/HTTPOrder'],
  ],
  area: [
    ...[
      '/accounts/{id}',
      '/user/fund-account',
      '/v1/myPositions',
      '/tradeList',
      '/trade.TradeService/List',
      '/chicang',
    ],
    ...['/api/v2/assets', '/wealth/holdings/17', '/queryBalance', '/zijin/query', '/持仓', '/TRADE/LIST'],
  ],
  any: ['/openapi/gateway', '/rpc', '/servlet/json', '/graphql'],
};

for (const [name, paths] of Object.entries(named)) {
  test(`${name}: told by English, pinyin and Chinese words`, () => {
    for (const path of paths) assert.equal(vitalOf(path), name, path);
  });
}

test('words within words, and what else lies at a brokerage, are none', () => {
  const others = [
    '/',
    '/news/17',
    '/border',
    '/disorders',
    '/traders-guide',
    '/counted',
    '/hq/snapshot/600000',
    '/paying',
  ];
  others.push(
    '/h5/branches',
    '/report/query',
    '/crm/customers/17',
    '/notices',
    '/balanced',
    '/shipping',
    '/dl/app.apk',
  );
  for (const path of others) assert.equal(vitalOf(path), null, path);
});

test('a page’s files are not kept for where they lie, unless something is sent to them', () => {
  assert.equal(keptOf('GET', '/login/main.css'), null);
  assert.equal(keptOf('GET', '/assets/logo.svg'), null);
  assert.equal(keptOf('GET', '/login/main.do'), 'act');
  assert.equal(keptOf('POST', '/api/login.css'), 'act');
  assert.equal(keptOf('', '/api/login.css'), 'act');
});
