import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DigestTable } from '../../../analyzer/identify/digest-table.ts';
import { passwordFact } from '../../../analyzer/identify/password.ts';
import { classesOf, readPassword } from '../../../analyzer/identify/password-form.ts';
import { weakPins, weakReasonOf } from '../../../analyzer/identify/password-weakness.ts';
import { randomOf, textOf } from '../discover/random.ts';
import { hash, options } from './exchange.ts';

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text);
const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 151 + 200) & 255));
const strong = 'vK7#mQ2!xT9z';

const forms: readonly (readonly [string, string, string | null])[] = [
  ['', 'empty', null],
  [strong, 'plaintext', strong],
  ['123456', 'plaintext', '123456'],
  ['password', 'plaintext', 'password'],
  ['abcd1234', 'plaintext', 'abcd1234'],
  ['12345678', 'plaintext', '12345678'],
  ['123456789012', 'plaintext', '123456789012'],
  ['20240101093000', 'plaintext', '20240101093000'],
  ['Administrator', 'plaintext', 'Administrator'],
  ['deadbeefcafe', 'plaintext', 'deadbeefcafe'],
  ['true', 'flag', null],
  ['1', 'flag', null],
  ['NULL', 'flag', null],
  ['******', 'masked', null],
  ['●●●●●●', 'masked', null],
  ['a***z', 'masked', null],
  [Buffer.from('123456').toString('base64'), 'base64', '123456'],
  [Buffer.from(strong).toString('base64'), 'base64', strong],
  [Buffer.from('888888').toString('hex'), 'hex', '888888'],
  [Buffer.from('abcdefgh12345678').toString('hex'), 'hex', 'abcdefgh12345678'],
  [digest('md5', strong).digest('hex'), 'md5', null],
  [digest('md5', strong).digest('hex').toUpperCase(), 'md5', null],
  [digest('md5', strong).digest('hex').slice(8, 24), 'md5-16', null],
  [digest('md5', strong).digest('base64'), 'md5', null],
  [Buffer.from(digest('md5', strong).digest('hex')).toString('base64'), 'md5', null],
  [digest('sha1', strong).digest('hex'), 'sha1', null],
  [digest('sha256', strong).digest('hex'), 'sha256', null],
  [digest('sha512', strong).digest('hex'), 'sha512', null],
  [digest('sha256', strong).digest('base64'), 'sha256', null],
  ['$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', 'bcrypt', null],
  [noise(128).toString('base64'), 'rsa', null],
  [noise(256).toString('base64'), 'rsa', null],
  [noise(128).toString('hex'), 'rsa', null],
  [`04${noise(102).toString('hex')}`, 'sm2', null],
  [noise(102).toString('hex'), 'sm2', null],
  [Buffer.concat([Buffer.of(4), noise(102)]).toString('base64'), 'sm2', null],
  [noise(48).toString('base64'), 'cipher', null],
  [noise(48).toString('hex'), 'cipher', null],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc', 'token', null],
  ['x'.repeat(5000), 'cipher', null],
];

test('forms of passwords', () => {
  for (const [value, form, text] of forms) assert.deepEqual(readPassword(value), { form, text }, value.slice(0, 60));
});

/** Password, account, PIN field, reason. */
const weak: readonly (readonly [string, string, boolean, string | null])[] = [
  [strong, 'zhangsan', false, null],
  ['zhangsan', 'zhangsan', false, 'equals-account'],
  ['ZhangSan', 'zhangsan', false, 'equals-account'],
  ['Xx#zhangsan!9', 'zhangsan', false, 'contains-account'],
  ['138000', '13800138000', false, 'account-tail'],
  ['password', 'x', false, 'in-list'],
  ['PassWord', 'x', false, 'in-list'],
  ['woaini', '', false, 'in-list'],
  ['woaini1314', '', false, 'word-digits'],
  ['dragon!', '', false, 'word-digits'],
  ['888888', '', false, 'repeated'],
  ['abcabcabc', '', false, 'repeated'],
  ['123456', '', false, 'run'],
  ['1234567890', '', false, 'run'],
  ['987654', '', false, 'run'],
  ['abc123', '', false, 'run'],
  ['qwertyuiop', '', false, 'keyboard'],
  ['1qaz2wsx', '', false, 'keyboard'],
  ['asdfgh', '', false, 'keyboard'],
  ['Admin@123', '', false, 'default'],
  ['Abc@2024', '', false, 'default'],
  ['init1234', '', false, 'default'],
  ['P@ssw0rd', '', false, 'default'],
  ['zs19900101', '', false, 'date'],
  ['19900101', '', false, 'date'],
  ['73920481', '', false, 'digits'],
  ['739204817', '', false, null],
  ['kX9#', '', false, 'short'],
  ['739264', '', true, null],
  ['739264', '', false, 'digits'],
  ['111111', '', true, 'repeated'],
  ['654321', '', true, 'run'],
  ['900101', '', true, 'date'],
  ['520520', '', true, 'repeated'],
  ['147258', '', true, 'in-list'],
  ['138000', '13800138000', true, 'account-tail'],
  [strong, '', true, null],
];

test('why a password is weak', () => {
  for (const [password, account, pin, reason] of weak) {
    assert.equal(weakReasonOf(password, account, pin, options.weakWords), reason, `${password} ${pin}`);
  }
});

test('random passwords of twelve characters are not weak', () => {
  const random = randomOf(77);
  for (let i = 0; i < 5000; i++) {
    const password = textOf(random, 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789#!', 12);
    assert.equal(weakReasonOf(password, 'zhangsan', false, options.weakWords), null, password);
  }
});

test('digests of listed passwords and weak PINs are undone, others are not', () => {
  const table = new DigestTable(['password', 'woaini']);
  for (const algorithm of ['md5', 'sha1', 'sha256', 'sm3', 'sha512']) {
    const form = algorithm === 'sm3' ? 'sha256' : algorithm;
    for (const password of ['password', '888888', '900101']) {
      assert.equal(table.reverse(form, digest(algorithm, password).digest('hex')), password);
      assert.equal(table.reverse(form, digest(algorithm, password).digest('hex').toUpperCase()), password);
      assert.equal(table.reverse(form, digest(algorithm, password).digest('base64')), password);
    }
    assert.equal(table.reverse(form, digest(algorithm, strong).digest('hex')), null);
    assert.equal(table.reverse(form, digest(algorithm, '739264').digest('hex')), null);
  }
  assert.equal(table.reverse('md5-16', digest('md5', '888888').digest('hex').slice(8, 24)), '888888');
  assert.equal(table.reverse('rsa', '00'), null);
  assert.equal(table.reverse('md5', '!'), null);
});

test('a fact of a password tells form and reason, never the password', () => {
  const measure = { hash, words: options.weakWords, digests: new DigestTable([]) };
  const fact = passwordFact(
    { place: 'body', name: 'pwd', value: strong, pin: false, oneTime: false },
    'zhangsan',
    measure,
  );
  assert.deepEqual(
    { form: fact.form, length: fact.length, classes: fact.classes, weak: fact.weak },
    { form: 'plaintext', length: 12, classes: 'aA0#', weak: null },
  );
  assert.ok(!JSON.stringify(fact).includes(strong));
  const pin = {
    place: 'body',
    name: 'trdpwd',
    value: digest('md5', '888888').digest('hex'),
    pin: true,
    oneTime: false,
  } as const;
  const digested = passwordFact(pin, '', measure);
  assert.deepEqual([digested.form, digested.weak, digested.length], ['md5', 'repeated', 6]);
  assert.ok(!JSON.stringify(digested).includes('888888'));
  // One password, one hash of the password itself, however it is coded.
  const plain = passwordFact({ ...pin, value: '888888' }, '', measure);
  const coded = passwordFact({ ...pin, value: Buffer.from('888888').toString('base64') }, '', measure);
  assert.equal(plain.plainHash, digested.plainHash);
  assert.equal(coded.plainHash, plain.plainHash);
  assert.notEqual(coded.hash, plain.hash);
  const code = passwordFact({ ...pin, value: '123456', oneTime: true }, '', measure);
  assert.deepEqual([code.form, code.weak, code.plainHash], ['sms-code', null, null]);
});

test('weak PINs are a small share of all', () => {
  const count = [...weakPins()].length;
  assert.ok(count > 30_000 && count < 100_000, String(count));
  assert.equal(classesOf('aB3!'), 'aA0#');
});
