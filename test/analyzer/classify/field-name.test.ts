import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeApart, tokenizeName } from '../../../analyzer/classify/field-name.ts';
import { find } from './workbench.ts';

test('names become words', () => {
  const names: Record<string, string[]> = {
    bankCardNo: ['bank', 'card', 'no'],
    CUACCT_CODE: ['cuacct', 'code'],
    SecuAccount: ['secu', 'account'],
    IDCardNo2: ['id', 'card', 'no'],
    'contact-phone': ['contact', 'phone'],
    客户mobile号: ['客户', 'mobile', '号'],
    '': [],
  };
  for (const [name, words] of Object.entries(names)) assert.deepEqual(tokenizeName(name), words, name);
});

test('a run-together name is taken apart completely or not at all', () => {
  const vocabulary = new Set(['login', 'pwd', 'phone', 'number', 'lic']);
  assert.deepEqual(takeApart('loginpwd', vocabulary), ['login', 'pwd']);
  assert.deepEqual(takeApart('duplicate', vocabulary), ['duplicate']);
});

const mobile = '13912345678';
const spoken = [
  'mobile',
  'mobileNo',
  'MOBILE_NO',
  'contact_phone',
  'custmobile',
  'sjhm',
  '客户手机号码',
  'orderMobile',
  'phones[]',
];
const silent = [
  'mobile_seq',
  'total_volume',
  'phoneCreateTime',
  '手机号流水号',
  'lsh',
  'orderNo',
  'isMobile',
  'mobileStatus',
];

test('the last word of a name decides', () => {
  for (const name of spoken)
    assert.deepEqual(
      find(name, mobile).map(({ label }) => label),
      ['mobile'],
      name,
    );
  for (const name of silent) assert.deepEqual(find(name, mobile), [], name);
});

test('a name that says nothing leaves the word to what is around it', () => {
  assert.deepEqual(
    find('data.fundAccount.value', '301736559').map(({ label }) => label),
    ['fund-account'],
  );
  assert.deepEqual(find('data.orders[].value', '301736559'), []);
});
