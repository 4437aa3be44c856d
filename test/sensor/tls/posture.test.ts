/** What is told of a handshake, mostly without any key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsHandshake } from '../../../sensor/handshake.ts';
import { sense } from '../sense.ts';
import { certificate, dnsName, name, sequence } from './made-certificate.ts';
import { ecIdentity, packetsOf, recordTalk, type Turn } from './recorded-talk.ts';
import { clientHello, codes, extension, message, record, serverHello, vector } from './sealed.ts';

function toldOf(turns: readonly Turn[]): TlsHandshake {
  const { handshakes } = sense(packetsOf(turns));
  assert.equal(handshakes.length, 1);
  return handshakes[0]!.handshake;
}

const from = (side: Turn['from'], ...parts: readonly Buffer[]): Turn => ({ from: side, bytes: Buffer.concat(parts) });

test('TLS 1.2: everything in clear is told', async () => {
  const { turns } = await recordTalk({
    identity: ecIdentity,
    server: { maxVersion: 'TLSv1.2', ALPNProtocols: ['h2', 'http/1.1'] },
    client: { servername: 'Shop.Example', ALPNProtocols: ['http/1.1'] },
  });
  const { handshakes } = sense(packetsOf(turns));
  const { flow, handshake } = handshakes[0]!;
  assert.deepEqual(flow.client, { ip: '10.1.0.1', port: 40000 });
  assert.deepEqual(flow.server, { ip: '10.1.0.2', port: 443 });
  assert.equal(handshake.outcome, 'complete');
  assert.equal(handshake.version, 'TLS 1.2');
  assert.deepEqual(handshake.versions.slice(0, 2), ['TLS 1.3', 'TLS 1.2']);
  assert.equal(handshake.suite, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  assert.ok(handshake.suites.includes('TLS_AES_256_GCM_SHA384'));
  assert.equal(handshake.sni, 'shop.example');
  assert.equal(handshake.alpn, 'http/1.1');
  assert.deepEqual(handshake.protocols, ['http/1.1']);
  assert.ok(handshake.extensions.includes('server_name') && handshake.serverExtensions.length > 0);
  assert.ok(handshake.groups.includes(handshake.group) && handshake.group !== '');
  const [leaf] = handshake.certificates;
  assert.equal(leaf?.subject, 'CN=shop.example,O=Test\\, Ltd,C=CN');
  assert.equal(leaf.issuer, leaf.subject);
  assert.deepEqual([leaf.keyType, leaf.keyBits, leaf.signature], ['EC', 256, 'ecdsa-with-SHA256']);
  assert.deepEqual(leaf.names, ['shop.example', 'www.shop.example', '10.0.0.1']);
  assert.equal(leaf.notAfter, Date.UTC(2035, 0, 1) * 1000);
  assert.equal(leaf.serial, 'a1b2c3');
  assert.match(handshake.ja4, /^t13d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/);
  assert.deepEqual(handshake.weird, []);
});

test('TLS 1.3: the certificate is dark, the rest is told', async () => {
  const { turns } = await recordTalk({ client: { minVersion: 'TLSv1.3' } });
  const told = toldOf(turns);
  assert.equal(told.version, 'TLS 1.3');
  assert.equal(told.outcome, 'complete');
  assert.deepEqual(told.certificates, []);
  assert.notEqual(told.group, '');
  assert.equal(told.decrypted, false);
});

test('values that a client makes up to keep servers tolerant are not told (RFC 8701)', () => {
  const hello = { suites: [0x0a0a, 0xc02f], extensions: [extension(0x1a1a), extension(0x0017), extension(0xfafa)] };
  const told = toldOf([from('client', record(22, clientHello(hello)))]);
  assert.deepEqual(told.suites, ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']);
  assert.deepEqual(told.extensions, ['extended_master_secret']);
});

test('a server that wants none of what is offered refuses, by alert', async () => {
  const { turns } = await recordTalk({ server: { minVersion: 'TLSv1.3' }, client: { maxVersion: 'TLSv1.2' } });
  const told = toldOf(turns);
  assert.equal(told.outcome, 'refused');
  assert.deepEqual(told.alerts, [{ from: 'server', level: 'fatal', name: 'protocol_version' }]);
  assert.deepEqual([told.version, told.suite], ['', '']);
  assert.deepEqual(told.versions, ['TLS 1.2']);
});

test('a client that stops before the end leaves a handshake unfinished', () => {
  const told = toldOf([from('client', record(22, clientHello({ suites: [0xc02f] })))]);
  assert.equal(told.outcome, 'unfinished');
  assert.deepEqual(told.suites, ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']);
});

const changeCipherSpec = record(20, Buffer.of(1));

/** SM2 has a curve of its own under the type of elliptic-curve keys. */
function sm2Certificate(commonName: string): Buffer {
  const algorithm = Buffer.from('301306072a8648ce3d020106082a811ccf5501822d', 'hex');
  return certificate({
    subject: name(['2.5.4.6', 'CN'], ['2.5.4.10', '某某证券'], ['2.5.4.3', commonName]),
    key: sequence(algorithm, Buffer.concat([Buffer.of(3, 66, 0, 4), Buffer.alloc(64, 5)])),
    names: [dnsName('trade.example.cn')],
    signature: '1.2.156.10197.1.501',
  });
}

test('TLCP and the suites of RFC 8998 have names, and SM2 certificates are read', () => {
  const tlcp = (type: number, body: Buffer) => record(type, body, 0x0101);
  const chain = [sm2Certificate('sign'), sm2Certificate('encrypt')].map((der) => vector(3, der));
  const told = toldOf([
    from('client', tlcp(22, clientHello({ version: 0x0101, suites: [0xe053, 0xe013, 0xe011] }))),
    from('server', tlcp(22, serverHello(0xe013, [], 0x0101)), tlcp(22, message(11, vector(3, ...chain)))),
    from('server', tlcp(22, message(14, Buffer.alloc(0)))),
    from('client', tlcp(22, message(16, Buffer.alloc(130))), tlcp(20, Buffer.of(1)), tlcp(22, Buffer.alloc(80, 7))),
    from('server', tlcp(20, Buffer.of(1)), tlcp(22, Buffer.alloc(80, 8)), tlcp(23, Buffer.alloc(300, 9))),
  ]);
  assert.deepEqual([told.version, told.suite, told.outcome], ['TLCP 1.1', 'ECC_SM4_CBC_SM3', 'complete']);
  assert.deepEqual(told.suites, ['ECC_SM4_GCM_SM3', 'ECC_SM4_CBC_SM3', 'ECDHE_SM4_CBC_SM3']);
  assert.equal(told.certificates.length, 2);
  const [sign] = told.certificates;
  assert.deepEqual([sign?.keyType, sign?.keyBits, sign?.signature], ['SM2', 256, 'SM2-with-SM3']);
  assert.equal(sign?.subject, 'CN=sign,O=某某证券,C=CN');

  const hello = {
    suites: [0x00c6, 0x00c7],
    extensions: [extension(13, vector(2, codes(0x0708))), extension(10, vector(2, codes(41)))],
  };
  const shangmi = toldOf([from('client', record(22, clientHello(hello)))]);
  assert.deepEqual(shangmi.suites, ['TLS_SM4_GCM_SM3', 'TLS_SM4_CCM_SM3']);
  assert.deepEqual(shangmi.signatureSchemes, ['sm2sig_sm3']);
  assert.deepEqual(shangmi.groups, ['curveSM2']);
});

test('an encrypted hello is known by its extension', () => {
  const told = toldOf([
    from('client', record(22, clientHello({ suites: [0x1301], extensions: [extension(0xfe0d, Buffer.alloc(20))] }))),
  ]);
  assert.equal(told.encryptedHello, true);
  assert.deepEqual(told.extensions, ['encrypted_client_hello']);
});

test('one direction of the traffic is enough to tell what it says', () => {
  const chain = vector(3, vector(3, sm2Certificate('alone')));
  const { handshakes } = sense(
    packetsOf([from('server', record(22, serverHello(0xc02b, [])), record(22, message(11, chain)))], { open: false }),
  );
  const [told] = handshakes;
  assert.deepEqual(told?.flow.server, { ip: '10.1.0.2', port: 443 });
  assert.equal(told?.handshake.suite, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  assert.equal(told?.handshake.certificates.length, 1);
  assert.deepEqual([told?.handshake.versions, told?.handshake.ja3], [[], '']);
});

test('messages that share records, and records that share messages', () => {
  const flight = Buffer.concat([
    ...[serverHello(0xc02f, []), message(11, vector(3, vector(3, sm2Certificate('cut'))))],
    ...[
      message(12, Buffer.concat([Buffer.of(3), codes(29), vector(1, Buffer.alloc(32))])),
      message(14, Buffer.alloc(0)),
    ],
  ]);
  for (const size of [1, 3, 50, flight.length]) {
    const records: Buffer[] = [];
    for (let at = 0; at < flight.length; at += size) records.push(record(22, flight.subarray(at, at + size)));
    const told = toldOf([
      from('client', record(22, clientHello({ suites: [0xc02f] }))),
      from('server', ...records),
      from('client', record(22, message(16, Buffer.alloc(33))), changeCipherSpec, record(22, Buffer.alloc(40))),
      from('server', changeCipherSpec, record(22, Buffer.alloc(40))),
    ]);
    assert.deepEqual(
      [told.outcome, told.group, told.certificates.length],
      ['complete', 'x25519', 1],
      `pieces of ${size}`,
    );
    assert.deepEqual(told.weird, []);
  }
});

test('a handshake is told when it is over, not when the connection ends', async () => {
  const { turns } = await recordTalk();
  const all = packetsOf(turns);
  const { handshakes } = sense(all);
  assert.ok(handshakes[0]!.handshake.endTs < all.at(-1)!.ts);
});

test('a ClientHello in the form of SSL 2.0', () => {
  const body = Buffer.concat([
    ...[Buffer.of(1), codes(0x0301, 9, 0, 16)],
    ...[Buffer.from('01008000002f000005', 'hex'), Buffer.alloc(16, 3)],
  ]);
  const hello = Buffer.concat([Buffer.of(0x80, body.length), body]);
  const told = toldOf([from('client', hello), from('server', record(22, serverHello(0x002f, [], 0x0301)))]);
  assert.deepEqual(told.suites, ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_RSA_WITH_RC4_128_SHA']);
  assert.deepEqual([told.versions, told.version, told.ja4], [['TLS 1.0'], 'TLS 1.0', '']);
});
