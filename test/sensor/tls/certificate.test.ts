/** Certificates as anybody may send them. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { CertificateCache, readCertificate } from '../../../sensor/tls/certificate.ts';
import { certificate, dnsName, element, identity, name, sequence, time } from './made-certificate.ts';

const key = Buffer.from('302a300506032b6570032100'.concat('11'.repeat(32)), 'hex');
const plain = { subject: name(['2.5.4.3', 'a']), key };

test('the same as OpenSSL reads', () => {
  for (const kind of ['rsa', 'ec'] as const) {
    const theirs = new X509Certificate(identity(kind, 'one.example').cert);
    const { certificate: ours, malformed } = readCertificate(theirs.raw);
    assert.equal(malformed, false);
    assert.equal(ours.fingerprint, theirs.fingerprint256.replaceAll(':', '').toLowerCase());
    assert.equal(ours.serial, theirs.serialNumber.toLowerCase());
    assert.equal(ours.notBefore, Date.parse(theirs.validFrom) * 1000);
    assert.equal(ours.notAfter, Date.parse(theirs.validTo) * 1000);
    const details = theirs.publicKey.asymmetricKeyDetails;
    assert.equal(ours.keyBits, details?.modulusLength ?? 256);
    assert.deepEqual(
      ours.names.map((each) => (/^\d/.test(each) ? `IP Address:${each}` : `DNS:${each}`)).join(', '),
      theirs.subjectAltName,
    );
    assert.equal(ours.selfIssued, theirs.checkIssued(theirs));
  }
});

test('names of every kind and in every writing', () => {
  const bmp = element(0x1e, Buffer.from('证券', 'utf16le').swap16());
  const latin = element(0x14, Buffer.from('Zürich', 'latin1'));
  const relative = (type: string, value: Buffer) =>
    element(0x31, sequence(element(0x06, Buffer.from(type, 'hex')), value));
  const subject = sequence(
    relative('550406', element(0x13, Buffer.from('CH'))),
    relative('55040a', bmp),
    relative('550407', latin),
  );
  const names = [
    ...[dnsName('a.example'), element(0x81, Buffer.from('a@b.example')), element(0x86, Buffer.from('https://a/'))],
    ...[
      element(0x87, Buffer.alloc(16, 1)),
      element(0x87, Buffer.alloc(3)),
      element(0xa4, Buffer.alloc(2)),
      dnsName(''),
    ],
  ];
  const { certificate: read } = readCertificate(certificate({ ...plain, subject, names }));
  assert.equal(read.subject, 'L=Zürich,O=证券,C=CH');
  assert.deepEqual(read.names, [
    ...['a.example', 'email:a@b.example', 'uri:https://a/', '101:101:101:101:101:101:101:101'],
  ]);
  assert.deepEqual([read.keyType, read.keyBits], ['Ed25519', 256]);
});

test('what would write on a screen is shown as a mark', () => {
  const subject = name(['2.5.4.3', 'a\u001b[31m\u202eb\n']);
  assert.equal(readCertificate(certificate({ ...plain, subject })).certificate.subject, 'CN=a\ufffd[31m\ufffdb\ufffd');
});

test('times of both forms, at the ends of their ranges, and none', () => {
  const until = (value: Buffer) => readCertificate(certificate({ ...plain, validity: [time('491231235959Z'), value] }));
  assert.equal(until(time('500101000000Z')).certificate.notBefore, Date.UTC(2049, 11, 31, 23, 59, 59) * 1000);
  assert.equal(until(time('500101000000Z')).certificate.notAfter, Date.UTC(1950, 0, 1) * 1000);
  // No end, and what is later or earlier than µs can say.
  for (const far of ['99991231235959Z', '47590410102910Z', '22560101000000Z']) {
    assert.equal(until(time(far)).certificate.notAfter, Number.MAX_SAFE_INTEGER);
  }
  assert.equal(until(time('01000101000000Z')).certificate.notAfter, Number.MIN_SAFE_INTEGER);
  assert.equal(
    until(element(0x17, Buffer.from('260101020000+0200'))).certificate.notAfter,
    Date.UTC(2026, 0, 1) * 1000,
  );
  assert.equal(until(element(0x17, Buffer.from('whenever'))).certificate.notAfter, 0);
});

test('a broken certificate tells what came before the break', () => {
  const whole = certificate({ ...plain, names: [dnsName('a.example')] });
  const { certificate: read, malformed } = readCertificate(whole.subarray(0, whole.length - 60));
  assert.equal(malformed, true);
  assert.match(read.fingerprint, /^[0-9a-f]{64}$/);
  let told = 0;
  for (let at = 0; at < whole.length; at++) {
    const broken = Buffer.from(whole);
    broken[at]! ^= 0x85;
    if (readCertificate(broken).certificate.issuer !== '') told++;
  }
  assert.ok(told > whole.length / 2);
});

test('lengths that lie, tags without end, depths without end', () => {
  const deep = Buffer.from('30'.repeat(5000).concat('00'), 'hex');
  const nested = Array.from({ length: 3000 }).reduce<Buffer>((inner) => sequence(inner), Buffer.alloc(0));
  const cases = ['', '30', '3080', '3084ffffffff', '30820fff', '1f8080808001', '0600', '30030603ffffff'];
  for (const octets of [deep, nested, ...cases.map((hex) => Buffer.from(hex, 'hex'))]) {
    assert.equal(readCertificate(octets).malformed, true);
  }
  const names = Array.from({ length: 5000 }, (_, i) => dnsName(`${i}.example`));
  assert.equal(readCertificate(certificate({ ...plain, names })).certificate.names.length, 64);
  const subject = name(...Array.from({ length: 3000 }, () => ['2.5.4.3', 'x'.repeat(300)] as const));
  assert.ok(readCertificate(certificate({ ...plain, subject })).certificate.subject.length <= 256);
});

test('any octets: no exception, texts within their bounds', () => {
  const whole = certificate({ ...plain, names: [dnsName('a.example')] });
  for (let seed = 1; seed <= 2000; seed++) {
    const random = new Random(seed);
    const broken = Buffer.from(whole);
    for (let i = random.between(1, 6); i > 0; i--) broken[random.below(broken.length)] = random.below(256);
    const { certificate: read } = readCertificate(
      broken.subarray(0, random.chance(0.3) ? random.below(whole.length) : whole.length),
    );
    for (const text of [read.subject, read.issuer, ...read.names]) assert.ok(text.length <= 262);
    assert.ok(Number.isSafeInteger(read.notAfter) && Number.isSafeInteger(read.notBefore));
    assert.ok(Number.isFinite(read.keyBits));
  }
});

test('the cache gives the same record for the same octets, and has an end', () => {
  const cache = new CertificateCache(2);
  const made = (common: string) => certificate({ ...plain, subject: name(['2.5.4.3', common]) });
  const first = cache.read(made('1'));
  assert.equal(cache.read(made('1')), first);
  cache.read(made('2'));
  cache.read(made('3'));
  assert.notEqual(cache.read(made('1')), first);
});
