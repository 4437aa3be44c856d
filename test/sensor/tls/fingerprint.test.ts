/** JA3 and JA4 against the values their authors published. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ja3, ja3Text, ja4 } from '../../../sensor/tls/fingerprint.ts';
import { type ClientHello, parseClientHello } from '../../../sensor/tls/hello.ts';
import { cipherSuiteName } from '../../../sensor/tls/names/cipher-suites.ts';
import { groupName, isGrease, signatureSchemeName, versionName } from '../../../sensor/tls/names/parameters.ts';
import { clientHello, codes, extension, vector } from './sealed.ts';

const bare: ClientHello = {
  ...{ version: 0x0301, random: Buffer.alloc(32), sessionId: Buffer.alloc(0), suites: [], extensions: [] },
  ...{ sni: undefined, protocols: [], groups: [], pointFormats: [], signatureSchemes: [], versions: [] },
  ...{ earlyData: false, encryptedHello: false, isSsl2: false, malformed: false },
};

test('JA3: the examples of its description', () => {
  const first: ClientHello = {
    ...bare,
    suites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
    extensions: [0, 10, 11],
    groups: [23, 24, 25],
    pointFormats: [0],
  };
  assert.equal(ja3Text(first), '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0');
  assert.equal(ja3(first), 'ada70206e40642a3e4461f35503241d5');
  const second: ClientHello = { ...bare, suites: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] };
  assert.equal(ja3(second), 'de350869b8c85de67a350c8d186f11e6');
});

test('JA4: the example of its description', () => {
  const hello: ClientHello = {
    ...bare,
    version: 0x0303,
    suites: [
      ...[0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c],
      ...[0x009d, 0x002f, 0x0035],
    ],
    extensions: [
      ...[0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b],
      ...[0xff01, 0x000b, 0x000a, 0x0015, 0x2a2a],
    ],
    sni: 'a.example',
    protocols: ['h2', 'http/1.1'],
    versions: [0x3a3a, 0x0304, 0x0303],
    signatureSchemes: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
  };
  assert.equal(ja4(hello), 't13d1516h2_8daaf6152771_e5627efa2ab1');
});

test('JA4 of hellos with little in them', () => {
  assert.equal(ja4(bare), 't10i000000_000000000000_000000000000');
  assert.match(ja4({ ...bare, protocols: ['x'] }), /^t10i0000xx_/);
  assert.match(ja4({ ...bare, protocols: ['\xab\xcd'] }), /^t10i0000ad_/);
  assert.match(ja4({ ...bare, protocols: ['0x'] }), /^t10i00000x_/);
  assert.match(ja4({ ...bare, version: 0x0101 }), /^t00i/);
  const many = Array.from({ length: 120 }, (_, i) => 0x2000 + i);
  assert.match(ja4({ ...bare, suites: many, extensions: many }), /^t10i999900_/);
  // Signature algorithms alone change the third part.
  const [, , without] = ja4({ ...bare, extensions: [13] }).split('_');
  const [, , withThem] = ja4({ ...bare, extensions: [13], signatureSchemes: [0x0403] }).split('_');
  assert.notEqual(without, withThem);
});

test('a hello as octets gives the same as its fields', () => {
  const extensions = [
    extension(0, vector(2, Buffer.of(0), vector(2, Buffer.from('A.Example')))),
    extension(16, vector(2, vector(1, Buffer.from('h2')))),
    extension(10, vector(2, codes(0x5a5a, 29, 23))),
    extension(11, vector(1, Buffer.of(0))),
    extension(13, vector(2, codes(0x0403))),
    extension(43, vector(1, codes(0x7a7a, 0x0304))),
  ];
  const parsed = parseClientHello(clientHello({ suites: [0x8a8a, 0x1301], extensions }).subarray(4));
  assert.equal(parsed.sni, 'a.example');
  assert.equal(ja3Text(parsed), '771,4865,0-16-10-11-13-43,29-23,0');
  assert.match(ja4(parsed), /^t13d0106h2_/);
  assert.equal(parsed.malformed, false);
});

test('names by their registries', () => {
  assert.equal(cipherSuiteName(0x1301), 'TLS_AES_128_GCM_SHA256');
  assert.equal(cipherSuiteName(0xc02f), 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
  assert.equal(cipherSuiteName(0x00ff), 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV');
  assert.equal(cipherSuiteName(0x00c6), 'TLS_SM4_GCM_SM3');
  assert.equal(cipherSuiteName(0xe013), 'ECC_SM4_CBC_SM3');
  assert.equal(cipherSuiteName(0xfafb), '0xFAFB');
  assert.equal(versionName(0x0101), 'TLCP 1.1');
  assert.equal(versionName(0x7f12), 'TLS 1.3 draft 18');
  assert.equal(groupName(0x11ec), 'X25519MLKEM768');
  assert.equal(signatureSchemeName(0x0708), 'sm2sig_sm3');
  assert.deepEqual([0x0a0a, 0xfafa, 0x0a1a, 0x1301].map(isGrease), [true, true, false, false]);
});
