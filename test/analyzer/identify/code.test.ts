/** Paths that give codes out, fields that show them, and what they look like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeCode, mayGiveCodes, showsCode } from '../../../analyzer/identify/code.ts';

const isCode = (text: string): boolean => {
  const bytes = Buffer.from(text);
  return looksLikeCode(bytes, 0, bytes.length);
};

test('paths that send codes or draw them', () => {
  const yes = [
    '/sms/send',
    '/api/v1/getSmsCode',
    '/captcha/image',
    '/user/sendCode',
    '/auth/get-vcode',
    '/login/otp',
    '/yzm.do',
  ];
  const no = ['/stock/codes', '/stock/code-list', '/api/orders', '/zip/code', '/options', '/barcode', '/user/list'];
  assert.deepEqual(
    yes.filter((path) => !mayGiveCodes(path)),
    [],
  );
  assert.deepEqual(no.filter(mayGiveCodes), []);
});

test('what a code belongs to is no code', () => {
  assert.deepEqual(
    ['code', 'smsCode', 'captcha', 'yzm'].filter((name) => !showsCode(name)),
    [],
  );
  assert.deepEqual(['captchaId', 'captchaKey', 'smsToken', 'codeType'].filter(showsCode), []);
});

test('codes have four to eight letters and digits', () => {
  assert.deepEqual(
    ['4839', '483920', '12345678', 'a7Kp'].filter((text) => !isCode(text)),
    [],
  );
  assert.deepEqual(['', '483', '123456789', 'sent', '12 34', '12.34', '验证12'].filter(isCode), []);
});
