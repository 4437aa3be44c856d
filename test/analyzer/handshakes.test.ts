/** Handshakes summed up: the same whatever the order, bounded, and without what a client's certificate says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HandshakeSum, HandshakeTally, handshakesId } from '../../analyzer/handshakes.ts';
import { Random } from '../../deploy/traffic/random.ts';
import type { TlsCertificate, TlsHandshake } from '../../sensor/handshake.ts';
import type { FlowInfo } from '../../sensor/transaction.ts';

const leaf: TlsCertificate = {
  ...{ fingerprint: 'f'.repeat(64), subject: 'CN=a.example', issuer: 'CN=ca', serial: '01', notBefore: 1, notAfter: 9 },
  ...{ keyType: 'RSA', keyBits: 2048, signature: 'sha256WithRSAEncryption', names: ['a.example'], selfIssued: false },
};
const plain: TlsHandshake = {
  ...{ ts: 1000, endTs: 2000, outcome: 'complete', version: 'TLS 1.2', versions: ['TLS 1.2'] },
  ...{ suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', suites: [], sni: 'a.example', alpn: 'h2', protocols: [] },
  ...{ extensions: [], serverExtensions: [], group: 'x25519', groups: [], signatureSchemes: [], ja3: 'b', ja4: 't12' },
  ...{ certificates: [leaf], clientAsked: false, clientCertificates: [], resumed: false, compressed: false },
  ...{ earlyData: false, encryptedHello: false, alerts: [], decrypted: false, weird: [] },
};
const flow = (client: string, uid = '0'): FlowInfo => ({
  uid,
  client: { ip: client, port: 1 },
  server: { ip: '10.0.0.2', port: 443 },
});

test('one sum for what is alike, with its counts, its ends and its clients', () => {
  const tally = new HandshakeTally();
  tally.add(flow('10.0.0.9'), plain);
  tally.add(flow('10.0.0.1'), { ...plain, ts: 500, endTs: 900, ja3: 'a', resumed: true, weird: ['tls_record_lost'] });
  tally.add(flow('10.0.0.9'), {
    ...plain,
    outcome: 'refused',
    alerts: [{ from: 'client', level: 'fatal', name: 'unknown_ca' }],
  });
  tally.add(flow('10.0.0.9'), { ...plain, version: 'TLS 1.3' });
  const sums = tally.take();
  assert.equal(sums.length, 2);
  const sum = sums.find(({ version }) => version === 'TLS 1.2')!;
  assert.deepEqual([sum.handshakes, sum.resumed, sum.refused, sum.unfinished], [3, 1, 1, 0]);
  assert.deepEqual([sum.firstSeen, sum.lastSeen, sum.ja3], [500, 2000, 'a']);
  assert.deepEqual(sum.clients, ['10.0.0.1', '10.0.0.9']);
  assert.deepEqual([sum.alerts, sum.weird], [['unknown_ca'], ['tls_record_lost']]);
  assert.deepEqual([sum.subject, sum.keyBits, sum.names], ['CN=a.example', 2048, ['a.example']]);
  assert.deepEqual(tally.take(), []);
});

test('a client certificate is counted, and nothing of it told', () => {
  const tally = new HandshakeTally();
  tally.add(flow('10.0.0.9'), {
    ...plain,
    clientCertificates: [{ ...leaf, subject: 'CN=Zhang San', fingerprint: 'e'.repeat(64) }],
  });
  const [sum] = tally.take();
  assert.equal(sum?.clientCertificates, 1);
  assert.ok(!JSON.stringify(sum).includes('Zhang') && !JSON.stringify(sum).includes('eeee'));
});

test('any order and any share among shards gives the same sums and the same name', () => {
  const random = new Random(1);
  const told = Array.from({ length: 400 }, () => ({
    flow: flow(`10.0.${random.below(3)}.${random.below(60)}`),
    handshake: {
      ...plain,
      ...{
        ts: random.below(1e6),
        endTs: random.below(1e6),
        sni: `${random.below(4)}.example`,
        ja3: `${random.below(50)}`,
      },
      ...{ resumed: random.chance(0.3), weird: random.chance(0.2) ? ['tls_resync'] : [] },
    },
  }));
  let whole: HandshakeSum[] | undefined;
  for (let seed = 1; seed <= 10; seed++) {
    const order = new Random(seed);
    const shards = Array.from({ length: order.between(1, 5) }, () => new HandshakeTally());
    const all = new HandshakeTally();
    for (const { flow: on, handshake } of [...told].sort(() => order.next() - 0.5)) {
      order.pick(shards).add(on, handshake);
      if (order.chance(0.05)) for (const sum of order.pick(shards).take()) all.merge(sum);
    }
    for (const shard of shards) for (const sum of shard.take()) all.merge(sum);
    const sums = all.take();
    whole ??= sums;
    assert.deepEqual(sums, whole);
    assert.equal(handshakesId(sums), handshakesId(whole));
  }
  assert.equal(whole!.length, 4);
  assert.ok(whole!.every(({ clients }) => clients.length === 32));
});

test('sums have an end; what comes beyond is counted', () => {
  const tally = new HandshakeTally(3);
  for (let i = 0; i < 10; i++) tally.add(flow('10.0.0.1'), { ...plain, sni: `${i % 5}.example` });
  assert.equal(tally.size, 3);
  assert.equal(tally.beyond, 4);
});
