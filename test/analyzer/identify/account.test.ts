import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountFact, accountName, maskAccount, normalizeAccount } from '../../../analyzer/identify/account.ts';
import { userAgentFamily } from '../../../analyzer/identify/user-agent.ts';
import { randomOf, textOf } from '../discover/random.ts';
import { hash } from './exchange.ts';

const masks: readonly (readonly [string, string])[] = [
  ['13812345678', '138****5678'],
  ['310101199001011234', '310********1234'],
  ['31010119900101123x', '310********123x'],
  ['6222020200112233445', '622********3445'],
  ['1234567', '1****67'],
  ['100234567', '1******67'],
  ['123456', '******'],
  ['42', '**'],
  ['zhangsan', 'z***'],
  ['a', '*'],
  ['张三', '张*'],
  ['欧阳小明', '欧***'],
  ['zhang.san@corp.example', 'z***@corp.example'],
  ['a123456789', 'a***'],
  ['x@13800138000', 'x***'],
];

test('masks keep what tells accounts apart and no more', () => {
  for (const [account, mask] of masks) assert.equal(maskAccount(account), mask, account);
});

test('a mask never shows half of an account, and is the same every time', () => {
  const random = randomOf(31);
  for (let i = 0; i < 20_000; i++) {
    const account = textOf(random, 'abcXYZ0123456789012345678901234567890@._-张', 1 + random(24));
    const mask = maskAccount(account);
    assert.ok(mask.includes('*'), account);
    if (account.length >= 8 && !account.includes('@'))
      assert.ok(!mask.includes(account.slice(1, -2)), `${account} ${mask}`);
    const normal = normalizeAccount(account);
    assert.equal(normalizeAccount(normal), normal, account);
  }
});

const spellings: readonly (readonly [string, string])[] = [
  [' ZhangSan ', 'zhangsan'],
  ['+8613800138000', '13800138000'],
  ['0086-138-0013-8000', '13800138000'],
  ['8613800138000', '13800138000'],
  ['张三', '张三'],
  ['', ''],
  ['null', ''],
  ['138****8000', '138****8000'],
  ['******', ''],
  ['a\u0000b', ''],
  ['x'.repeat(65), ''],
];

test('one spelling for one account', () => {
  for (const [text, account] of spellings) assert.equal(normalizeAccount(text), account, text);
  const fact = accountFact('13800138000', 'login', hash);
  assert.equal(fact === null ? '' : accountName(fact), `138****8000#${hash('13800138000').slice(0, 10)}`);
});

const agents: readonly (readonly [string, string])[] = [
  ['', ''],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'chrome/windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0',
    'edge/windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.40',
    'wechat/ios',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
    'safari/macos',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0', 'firefox/linux'],
  ['Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko', 'ie/windows'],
  ['Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)', 'baiduspider'],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Chrome/120.0 Safari/537.36', 'headless-chrome/linux'],
  ['curl/8.1.2', 'curl'],
  ['python-requests/2.31.0', 'python-requests'],
  ['okhttp/4.9.0', 'okhttp'],
  ['Dalvik/2.1.0 (Linux; U; Android 13; Pixel)', 'dalvik/android'],
  ['Go-http-client/1.1', 'go-http-client'],
  ['13800138000', 'other'],
];

test('families of User-Agents', () => {
  for (const [agent, family] of agents) assert.equal(userAgentFamily(agent), family, agent);
});
