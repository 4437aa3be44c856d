/** Real TLS sessions, read with their key log: the same exchanges as were had, or none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reorder } from '../../../deploy/traffic/disturb.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { essence, type Sensed, sense } from '../sense.ts';
import { assertPairsMatch } from '../talk.ts';
import { bodyOf, ecIdentity, packetsOf, recordTalk, rsaIdentity, type TalkOptions } from './recorded-talk.ts';

const targets = ['/item/20', '/item/3000', '/item/40000'];

const suites: readonly (readonly [version: 'TLSv1.2' | 'TLSv1.3', cipher: string, name: string])[] = [
  ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  ['TLSv1.2', 'ECDHE-RSA-CHACHA20-POLY1305', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES128-SHA', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
  ['TLSv1.2', 'ECDHE-RSA-AES128-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
  ['TLSv1.2', 'AES256-GCM-SHA384', 'TLS_RSA_WITH_AES_256_GCM_SHA384'],
  ['TLSv1.2', 'AES128-CCM', 'TLS_RSA_WITH_AES_128_CCM'],
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
];

function only(version: 'TLSv1.2' | 'TLSv1.3', ciphers: string): TalkOptions {
  return { server: { minVersion: version, maxVersion: version, ciphers }, targets };
}

function assertTold(sensed: Sensed, wanted: readonly string[]): void {
  assert.deepEqual(
    sensed.records.map(({ request, response, pairing }) => [request?.target, response?.body.text, pairing]),
    wanted.map((target) => [target, bodyOf(target), 'paired']),
  );
}

for (const [version, cipher, name] of suites) {
  test(`${version} ${cipher}: every exchange with its key log, none without`, async () => {
    const { turns, keyLog } = await recordTalk(only(version, cipher));
    const packets = packetsOf(turns);
    const read = sense(packets, { keyLog });
    assertTold(read, targets);
    assert.deepEqual(read.weird, []);
    assert.ok(read.records.every(({ tls }) => tls === true));
    assert.equal(read.count('encryptedBytes') + read.count('tlsLostBytes'), 0);
    assert.equal(read.count('tlsBytes') + read.count('messageBytes'), read.count('streamBytes'));
    const [told] = read.handshakes;
    assert.equal(told?.handshake.suite, name);
    assert.equal(told.handshake.decrypted, true);

    const dark = sense(packets);
    assert.deepEqual(dark.records, []);
    assert.ok(dark.count('encryptedBytes') + dark.count('encryptedFlowBytes') > 43_000);
    assert.equal(dark.count('tlsLostBytes'), 0);
    assert.equal(dark.handshakes.length, 1);
  });
}

test('however the segments are cut and ordered, the same exchanges and the same handshake', async () => {
  for (const [version, cipher] of [suites[0]!, suites[5]!, suites[8]!]) {
    const { turns, keyLog } = await recordTalk(only(version, cipher));
    const whole = sense(packetsOf(turns), { keyLog });
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed);
      const mss = () => (random.chance(0.2) ? random.between(1, 7) : random.between(20, 1460));
      const cut = packetsOf(turns, { mss });
      const moved = seed % 2 === 0 ? [...cut.slice(0, 3), ...reorder(cut.slice(3), 6, random)] : cut;
      const read = sense(moved, { keyLog });
      assert.deepEqual(essence(read.records), essence(whole.records), `${cipher}, seed ${seed}`);
      const told = ({ ts: _ts, endTs: _end, ...rest }: Sensed['handshakes'][number]['handshake']) => rest;
      assert.deepEqual(told(read.handshakes[0]!.handshake), told(whole.handshakes[0]!.handshake));
    }
  }
});

test('a session taken up again is told and read', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const ticketKeys = Buffer.alloc(48, 7);
    const server = { minVersion: version, maxVersion: version, ticketKeys } as const;
    const first = await recordTalk({ server, targets });
    assert.ok(first.session);
    const again = await recordTalk({ server, targets, client: { session: first.session } });
    const read = sense(packetsOf(again.turns), { keyLog: again.keyLog });
    assertTold(read, targets);
    assert.equal(read.handshakes[0]?.handshake.resumed, true);
    assert.deepEqual(read.handshakes[0]?.handshake.certificates, []);
    assert.equal(sense(packetsOf(first.turns)).handshakes[0]?.handshake.resumed, false);
    const dark = sense(packetsOf(again.turns));
    assert.equal(dark.handshakes[0]?.handshake.resumed, true);
  }
});

test('client certificates are seen, in TLS 1.3 with keys alone', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { turns, keyLog } = await recordTalk({
      server: { minVersion: version, maxVersion: version, requestCert: true, rejectUnauthorized: false },
      client: { ...ecIdentity },
      targets,
    });
    const read = sense(packetsOf(turns), { keyLog });
    assertTold(read, targets);
    const seen = read.handshakes[0]!.handshake;
    assert.equal(seen.clientAsked, true);
    assert.equal(seen.clientCertificates[0]?.keyType, 'EC');
    assert.equal(seen.certificates[0]?.keyType, 'RSA');
    const dark = sense(packetsOf(turns)).handshakes[0]!.handshake;
    assert.equal(dark.clientAsked, version === 'TLSv1.2');
    assert.equal(dark.clientCertificates.length, version === 'TLSv1.2' ? 1 : 0);
  }
});

test('a wrong key opens nothing and has a name', async () => {
  for (const [version, cipher] of [suites[0]!, suites[3]!, suites[9]!]) {
    const { turns, keyLog } = await recordTalk(only(version, cipher));
    const wrong = keyLog.replace(/ ([0-9a-f]{2})([0-9a-f]*)$/gm, (_, first: string, rest: string) =>
      first === '00' ? ` 01${rest}` : ` 00${rest}`,
    );
    const read = sense(packetsOf(turns), { keyLog: wrong });
    assert.deepEqual(read.records, []);
    assert.ok(read.weird.includes('tls_wrong_key'), read.weird.join());
    assert.ok(read.count('tlsLostBytes') > 43_000);
    const other = sense(packetsOf(turns), { keyLog: `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n` });
    assert.deepEqual(other.weird, ['tls_key_unknown']);
    assert.deepEqual(other.records, []);
  }
});

test('a connection whose beginning was not captured stays dark, by name', async () => {
  for (const [version, cipher] of [suites[0]!, suites[8]!]) {
    const { turns, keyLog } = await recordTalk(only(version, cipher));
    const late = turns.slice(-3);
    const read = sense(packetsOf(late, { open: false }), { keyLog });
    assert.deepEqual([read.records, read.handshakes], [[], []]);
    assert.ok(read.weird.includes('tls_no_handshake'), read.weird.join());
  }
});

test('lost segments cost what they carried, and never make another plaintext', async () => {
  let whole = 0;
  let resynced = 0;
  for (const [version, cipher] of [suites[0]!, suites[2]!, suites[5]!, suites[8]!]) {
    const asked = Array.from({ length: 12 }, (_, i) => `/item/${i * 700}`);
    const { turns, keyLog } = await recordTalk({ ...only(version, cipher), targets: asked });
    const all = packetsOf(turns, { mss: () => 600 });
    for (let seed = 1; seed <= 15; seed++) {
      const random = new Random(seed);
      const kept = all.filter(({ payload }) => payload.length === 0 || !random.chance(0.02));
      const { records, weird } = sense(kept, { keyLog });
      assertPairsMatch(records, `seed ${seed}`);
      for (const { request, response } of records) {
        if (request !== null) assert.ok(asked.includes(request.target), request.target);
        if (request === null || response === null) continue;
        const told = response.body.text ?? '';
        const sent = bodyOf(request.target);
        if (!response.body.truncated) assert.equal(told, sent);
        else assert.ok(told.length <= sent.length);
        if (!response.body.truncated) whole++;
      }
      if (weird.includes('tls_resync')) resynced++;
    }
  }
  assert.ok(whole > 300, `${whole} exchanges whole`);
  assert.ok(resynced > 10, `${resynced} connections read on behind a loss`);
});

test('octets that were changed on the way are never told', async () => {
  for (const [version, cipher] of [suites[0]!, suites[3]!, suites[8]!]) {
    const { turns, keyLog } = await recordTalk(only(version, cipher));
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const changed = turns.map(({ from, bytes }) => ({ from, bytes: Buffer.from(bytes) }));
      for (let i = 0; i < 3; i++) {
        const { bytes } = random.pick(changed);
        bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      }
      for (const { request, response } of sense(packetsOf(changed), { keyLog }).records) {
        if (request !== null) assert.ok(targets.includes(request.target), request.target);
        const text = response?.body.text;
        if (request !== null && text !== undefined && !response!.body.truncated) {
          assert.equal(text, bodyOf(request.target));
        }
      }
    }
  }
});

test('the identity of tests is what it says', () => {
  assert.match(rsaIdentity.cert, /BEGIN CERTIFICATE/);
});
