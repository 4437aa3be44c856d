/** What is told of a server's TLS: what was agreed on, flaw by flaw, and nothing of what was only offered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appOf } from '../../../analyzer/discover/app.ts';
import type { HandshakeSum } from '../../../analyzer/handshakes.ts';
import { Judge } from '../../../analyzer/judge.ts';
import { authorityOf, tlsPosture } from '../../../analyzer/observe/tls-posture.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { equipment } from '../../equipment.ts';
import { inOrder, RandomCalls } from '../random-calls.ts';

const day = 86_400e6;
const sound: HandshakeSum = {
  ...{ id: '0', server: '192.0.2.1', port: 443, sni: 'a.example', version: 'TLS 1.2', group: 'x25519', alpn: 'h2' },
  ...{ suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', ja4: '', ja3: '', fingerprint: 'ab', subject: '', issuer: '' },
  ...{ notBefore: 0, notAfter: 9e15, keyType: 'RSA', keyBits: 2048, signature: 'sha256WithRSAEncryption' },
  ...{ names: ['a.example'], selfIssued: false, handshakes: 5, refused: 0, unfinished: 0, resumed: 0 },
  ...{ clientCertificates: 0, earlyData: 0, compressed: 0, encryptedHello: 0, decrypted: 0, alerts: [], weird: [] },
  ...{ clients: ['198.51.100.1'], firstSeen: 1.7e15, lastSeen: 1.7e15 + 1e6 },
};

const posture = (sum: HandshakeSum) => tlsPosture(sum, appOf(authorityOf(sum), sum.server, sum.port));

test('each flaw by its name; an application as its calls would name it', () => {
  const old = posture({ ...sound, version: 'TLS 1.0', keyBits: 1024, refused: 1 })!;
  assert.deepEqual([old.app, old.value, old.clients], ['a.example', 4, ['198.51.100.1']]);
  assert.deepEqual([old.numbers['old-version'], old.numbers['weak-key'], old.numbers['expired']], [1, 1, 0]);
  assert.equal(posture({ ...sound, port: 8443 })!.app, 'a.example:8443');
  assert.equal(posture({ ...sound, sni: '' })!.app, '192.0.2.1:443');
});

test('no word of a certificate that was not seen, nor of what was refused or never agreed on', () => {
  const dark = posture({ ...sound, fingerprint: '', version: 'TLS 1.3', suite: 'TLS_AES_128_GCM_SHA256' })!;
  assert.ok(!('expired' in dark.numbers) && dark.numbers['old-version'] === 0);
  assert.equal(posture({ ...sound, refused: 5 }), undefined);
  assert.equal(posture({ ...sound, version: '', suite: '' }), undefined);
});

test('a finding for each kind of flaw, fixed by a week of sound handshakes, and a capture counts once', () => {
  const judge = new Judge(equipment.judge);
  const weak = { ...sound, version: 'TLS 1.0', suite: 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', notAfter: 1 };
  judge.handshakes([weak], 'one');
  judge.handshakes([weak], 'one');
  const told = () =>
    judge
      .changedFindings()
      .map(({ rule, status, count }) => [rule, status, count])
      .sort();
  assert.deepEqual(told(), [
    ['poor-tls', 'unconfirmed', 1],
    ['weak-certificate', 'unconfirmed', 1],
    ['weak-tls-suite', 'unconfirmed', 1],
    ['weak-tls-version', 'unconfirmed', 1],
  ]);
  for (const days of [8, 9, 10]) {
    judge.handshakes(
      [{ ...sound, firstSeen: sound.firstSeen + days * day, lastSeen: sound.lastSeen + days * day }],
      null,
    );
  }
  assert.ok(told().every(([, status]) => status === 'fixed'));
});

test('of a stream that goes on a sum is judged once a day, however often it is told of', () => {
  const judge = new Judge(equipment.judge);
  const old = { ...sound, version: 'TLS 1.0' };
  for (const seconds of [1, 10, 20, 30]) {
    judge.handshakes([{ ...old, handshakes: seconds, lastSeen: sound.lastSeen + seconds * 1e6 }], null);
  }
  const again = new Judge(equipment.judge);
  again.restore(JSON.parse(JSON.stringify(judge.snapshot())));
  again.handshakes([{ ...old, lastSeen: sound.lastSeen + 40e6 }], null);
  again.handshakes([{ ...old, lastSeen: sound.lastSeen + day }], null);
  assert.deepEqual(
    again.changedFindings().map(({ rule, count }) => [rule, count]),
    [['weak-tls-version', 2]],
  );
});

test('handshakes that are ahead of the calls move no window of theirs', () => {
  const calls = inOrder(new RandomCalls(new Random(7)).many(400));
  const told = (ahead: number) => {
    const judge = new Judge(equipment.judge);
    for (const [i, call] of structuredClone(calls).entries()) {
      if (i === 100 && ahead > 0) {
        const lastSeen = call.completedTs + ahead;
        judge.handshakes([{ ...sound, version: 'TLS 1.0', firstSeen: lastSeen, lastSeen }], null);
      }
      judge.apply(call, 's');
    }
    judge.settle();
    return judge.changedFindings().filter(({ rule }) => rule !== 'weak-tls-version');
  };
  const without = told(0);
  assert.ok(without.length > 0);
  assert.deepEqual(told(7200e6), without);
});
