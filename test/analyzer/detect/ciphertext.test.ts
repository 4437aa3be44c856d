import assert from 'node:assert/strict';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { isCiphertext, looksRandom } from '../../../analyzer/detect/structure/ciphertext.ts';

function says(text: string): boolean {
  const bytes = Buffer.from(`xx${text}yy`);
  return isCiphertext(bytes, 2, bytes.length - 2);
}

const plain = JSON.stringify({
  name: '王小明',
  mobile: '13800138000',
  rows: Array.from({ length: 20 }, (_, i) => `row ${i}`),
});

/** The same at each run. */
function encrypted(text: string, number: number, algorithm = 'aes-256-cbc'): Buffer {
  const seed = (what: string) => createHash('sha512').update(`${what}${number}`).digest();
  const cipher = createCipheriv(
    algorithm,
    seed('key').subarray(0, algorithm.startsWith('sm4') ? 16 : 32),
    seed('iv').subarray(0, 16),
  );
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

test('ciphertext in Base64 of both alphabets and in hexadecimal, long and short', () => {
  let missed = 0;
  for (let i = 0; i < 300; i++) {
    for (const length of [40, 60, 100, 300]) {
      const octets = encrypted(plain.slice(0, length), i, i % 2 === 0 ? 'aes-256-cbc' : 'sm4-cbc');
      for (const text of [
        octets.toString('base64'),
        octets.toString('base64url'),
        `${octets.toString('hex')}0a1b2c3d`,
      ]) {
        if (!says(text)) missed++;
      }
    }
  }
  assert.ok(missed <= 4, `${missed} of 4800 missed`);
});

test('what is written down in Base64 or hexadecimal and is not encrypted', () => {
  const text = Buffer.from(plain.repeat(3));
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(300)]);
  const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), randomBytes(300)]);
  const der = Buffer.concat([Buffer.from('3082025c', 'hex'), randomBytes(300)]);
  for (const octets of [text, png, jpeg, der, gzipSync(text), deflateSync(text)]) {
    assert.equal(says(octets.toString('base64')), false);
    assert.equal(says(octets.toString('hex')), false);
  }
  const jwt =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const words = 'com.example.securities.trade.service.impl.OrderQueryServiceImplementationWithALongName';
  for (const other of [
    jwt,
    words,
    words.replaceAll('.', '/'),
    'A'.repeat(200),
    '0'.repeat(200),
    '1234567890'.repeat(20),
  ]) {
    assert.equal(says(other), false, other);
  }
  assert.equal(says('a'.repeat(63)), false);
  for (const algorithm of ['sha256', 'sha384', 'sha512']) {
    assert.equal(says(createHash(algorithm).update('x').digest('hex')), false);
  }
});

test('octets without order are told from text, numbers and messages, from 32 on', () => {
  let missed = 0;
  for (let i = 0; i < 500; i++) {
    const octets = encrypted(plain, i);
    if (!looksRandom(octets, 0, octets.length)) missed++;
    assert.equal(looksRandom(octets, 0, 31), false);
  }
  assert.ok(missed <= 1, `${missed} of 500 missed`);
  const numbers = Buffer.from(Float64Array.from({ length: 60 }, (_, i) => 3000 + i / 100).buffer);
  for (const other of [Buffer.from(plain), numbers, Buffer.alloc(300), gzipSync(plain)]) {
    assert.equal(looksRandom(other, 0, other.length), false);
  }
});
