/** `apiris tls`: what is shown, and what counts as weak. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marksOf } from '../../../analyzer/analyzer.ts';
import type { TlsRow } from '../../../console/cli/rows.ts';
import { textWidth } from '../../../console/cli/width.ts';
import { golden, runCommand, someTime, somewhere } from './fakes.ts';

const good: TlsRow = {
  ...{ server: '10.0.0.2', port: 443, sni: 'trade.example.com', version: 'TLS 1.3', suite: 'TLS_AES_128_GCM_SHA256' },
  ...{
    group: 'x25519',
    alpn: 'h2',
    fingerprint: 'f0'.repeat(32),
    subject: 'CN=trade.example.com,O=Example\\, Ltd,C=CN',
  },
  ...{ issuer: 'CN=Example CA,C=CN', notBefore: someTime - 1e12, notAfter: someTime + 90 * 86_400e6, keyType: 'RSA' },
  ...{ keyBits: 2048, signature: 'sha256WithRSAEncryption', names: ['*.example.com', '10.0.0.2'], selfIssued: 0 },
  ...{ handshakes: 1234, refused: 0, unfinished: 1, resumed: 1000, clientCertificates: 0, earlyData: 0, compressed: 0 },
  ...{ encryptedHello: 0, decrypted: 0, alerts: [], weird: [], clients: ['10.0.0.7', '10.0.0.8'] },
  ...{ ja4: ['t13d1516h2_8daaf6152771_e5627efa2ab1'], ja3: ['ada70206e40642a3e4461f35503241d5'] },
  ...{ firstSeen: someTime - 1e9, lastSeen: someTime },
};
const none = {
  fingerprint: '',
  subject: '',
  issuer: '',
  notBefore: 0,
  notAfter: 0,
  keyType: '',
  keyBits: 0,
  names: [],
};
const rows: readonly TlsRow[] = [
  good,
  {
    ...{ ...good, sni: 'old.example.com', version: 'TLS 1.0', suite: 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', alpn: '' },
    ...{
      notAfter: someTime - 86_400e6,
      keyBits: 1024,
      signature: 'sha1WithRSAEncryption',
      handshakes: 7,
      names: ['a.example'],
    },
    ...{ clients: Array.from({ length: 32 }, (_, i) => `10.0.1.${i}`) },
  },
  {
    ...good,
    ...none,
    sni: '',
    server: '10.0.0.9',
    port: 8443,
    version: '',
    suite: '',
    refused: 3,
    handshakes: 3,
    alerts: ['protocol_version'],
  },
  {
    ...good,
    sni: 'sm.example.com',
    version: 'TLCP 1.1',
    suite: 'ECC_SM4_CBC_SM3',
    keyType: 'SM2',
    keyBits: 256,
    signature: 'SM2-with-SM3',
  },
];

for (const language of ['en', 'zh-CN'] as const) {
  test(`tls reads well at 100 columns in ${language}`, async () => {
    const run = await runCommand(['tls', ...somewhere, '--lang', language], {
      answers: { tls: rows },
      stdoutTerminal: true,
    });
    assert.equal(run.code, 0, run.stderr);
    const { expected, actual } = golden(`tls.${language}.txt`, run.stdout + run.stderr);
    assert.equal(actual, expected);
    for (const line of actual.split('\n')) assert.ok(textWidth(line) <= 100, line);
  });
}

test('JSON has the certificate, the marks and no empty field', async () => {
  const run = await runCommand(['tls', '--format', 'json', ...somewhere], { answers: { tls: rows } });
  interface Shown {
    readonly weak: readonly string[];
    readonly certificate?: { readonly keyBits: number; readonly notAfter: string };
  }
  const [first, second, third] = JSON.parse(run.stdout) as Shown[];
  assert.deepEqual(first?.weak, []);
  assert.equal(first?.certificate?.keyBits, 2048);
  assert.match(first.certificate.notAfter, /^\d{4}-.*Z$/);
  assert.ok(second?.weak.includes('expired'));
  assert.ok(third !== undefined && !('certificate' in third) && !('version' in third) && !('sni' in third));
});

test('--weak leaves the others out, --limit cuts, CSV has its columns', async () => {
  const weak = await runCommand(['tls', '--weak', '--format', 'ndjson', ...somewhere], { answers: { tls: rows } });
  assert.equal(weak.stdout.trim().split('\n').length, 2);
  const csv = await runCommand(['tls', '--limit', '1', '--format', 'csv', ...somewhere], { answers: { tls: rows } });
  assert.equal(csv.stdout.trim().split('\r\n').length, 2);
  assert.match(csv.stdout, /^server,port,sni,version,suite/);
});

test('what is weak, and what is not', () => {
  const marks = (changes: Partial<TlsRow>) => marksOf({ ...good, ...changes });
  assert.deepEqual(marks({}), []);
  assert.deepEqual(marks({ version: 'TLS 1.1' }), ['old-version']);
  assert.deepEqual(marks({ version: 'TLCP 1.1', suite: 'ECDHE_SM4_GCM_SM3' }), []);
  assert.deepEqual(marks({ suite: 'ECC_SM4_CBC_SM3' }), ['no-forward-secrecy']);
  assert.deepEqual(marks({ suite: 'TLS_SM4_GCM_SM3' }), []);
  assert.deepEqual(marks({ suite: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA' }), []);
  assert.deepEqual(marks({ suite: 'TLS_RSA_WITH_AES_128_GCM_SHA256' }), ['no-forward-secrecy']);
  assert.deepEqual(marks({ suite: 'TLS_ECDHE_RSA_WITH_RC4_128_SHA' }), ['weak-cipher']);
  assert.deepEqual(marks({ suite: 'TLS_DH_anon_WITH_AES_128_CBC_SHA' }), ['no-authentication']);
  assert.deepEqual(marks({ suite: 'TLS_RSA_WITH_NULL_SHA' }), ['no-encryption', 'no-forward-secrecy']);
  assert.deepEqual(marks({ suite: 'TLS_RSA_EXPORT_WITH_RC4_40_MD5' }), ['weak-cipher', 'no-forward-secrecy']);
  assert.deepEqual(marks({ compressed: 2 }), ['compressed']);
  assert.deepEqual(marks({ notAfter: someTime - 1 }), ['expired']);
  assert.deepEqual(marks({ notBefore: someTime + 1 }), ['not-yet-valid']);
  assert.deepEqual(marks({ keyBits: 1024 }), ['weak-key']);
  assert.deepEqual(marks({ keyType: 'EC', keyBits: 256 }), []);
  assert.deepEqual(marks({ signature: 'md5WithRSAEncryption' }), ['weak-signature']);
  assert.deepEqual(marks({ signature: 'ecdsa-with-SHA1' }), ['weak-signature']);
  assert.deepEqual(marks({ selfIssued: true }), ['self-issued']);
  assert.deepEqual(marks({ sni: 'a.b.example.com' }), ['other-name']);
  assert.deepEqual(marks({ sni: 'example.com' }), ['other-name']);
  assert.deepEqual(marks({ ...none, signature: 'md5WithRSAEncryption', version: '' }), []);
});
