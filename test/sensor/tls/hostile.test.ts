/** Octets that somebody made to do harm: nothing throws, nothing grows without bound, everything is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, tcpFlags, tcpFrame } from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import type { FlowView } from '../../../sensor/flow/conversation.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { CertificateCache } from '../../../sensor/tls/certificate.ts';
import { TlsConnection } from '../../../sensor/tls/connection.ts';
import type { TlsContext } from '../../../sensor/tls/context.ts';
import { KeyLog } from '../../../sensor/tls/key-log.ts';
import { defaultTlsLimits } from '../../../sensor/tls/limits.ts';
import { WeirdCounts } from '../../../sensor/weird.ts';
import { type Captured, type Sensed, sense, startOfTime } from '../sense.ts';
import { packetsOf, recordTalk, type Turn } from './recorded-talk.ts';
import { clientHello, codes, extension, message, record, SealedSession, serverHello, vector } from './sealed.ts';

const hello = record(22, clientHello({ suites: [0xc02f] }));
const from = (side: Turn['from'], ...parts: readonly Buffer[]): Turn => ({ from: side, bytes: Buffer.concat(parts) });

function assertCounted(sensed: Sensed): void {
  const counted = [
    'tlsBytes',
    'encryptedBytes',
    'tlsLostBytes',
    'otherProtocolBytes',
    'messageBytes',
    'resyncBytes',
  ] as const;
  const sum = counted.reduce((total, name) => total + sensed.count(name), 0);
  assert.equal(sum, sensed.count('streamBytes'));
}

test('a message that claims 16 MiB is passed over, and what follows it is read', () => {
  const huge = Buffer.concat([Buffer.of(11), Buffer.of(0xff, 0xff, 0xff), Buffer.alloc(16_000)]);
  const filler = Array.from({ length: 1100 }, () => record(22, Buffer.alloc(16_000)));
  const sensed = sense(
    packetsOf([
      from('client', hello),
      from('server', record(22, serverHello(0xc02f, []))),
      from('server', record(22, huge), ...filler),
    ]),
  );
  assert.ok(sensed.weird.includes('tls_handshake_too_long'));
  assert.equal(sensed.handshakes.length, 1);
  assertCounted(sensed);
});

test('a chain without an end tells its first eight', () => {
  const der = Buffer.from('300a02010130050603550403', 'hex');
  const chain = vector(3, ...Array.from({ length: 8000 }, () => vector(3, der)));
  const parts: Buffer[] = [];
  const whole = message(11, chain);
  for (let at = 0; at < whole.length; at += 16_000) parts.push(record(22, whole.subarray(at, at + 16_000)));
  const sensed = sense(
    packetsOf([from('client', hello), from('server', record(22, serverHello(0xc02f, [])), ...parts)]),
  );
  assert.equal(sensed.handshakes[0]?.handshake.certificates.length, 8);
  assertCounted(sensed);
});

test('ten thousand extensions, suites and names are cut', () => {
  const extensions = Array.from({ length: 9000 }, (_, i) => extension(0x4000 + (i % 0x3000)));
  const names = extension(16, vector(2, ...Array.from({ length: 400 }, () => vector(1, Buffer.from('aaaa')))));
  const suites = Array.from({ length: 10_000 }, (_, i) => i);
  const body = clientHello({ suites, extensions: [names, ...extensions] });
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 16_000) parts.push(record(22, body.subarray(at, at + 16_000)));
  const told = sense(packetsOf([from('client', ...parts)])).handshakes[0]?.handshake;
  assert.ok(
    told !== undefined && told.suites.length <= 256 && told.extensions.length <= 256 && told.protocols.length <= 256,
  );
});

/** Flows that each send the beginning of a record or of a message, and never its rest. */
function unfinished(flows: number, bytes: Buffer): Captured[] {
  const captured: Captured[] = [];
  for (let i = 0; i < flows; i++) {
    const ends = { source: address(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`), destination: address('10.9.9.9') };
    const segment = (sequence: number, flags: number, payload: Uint8Array) => ({
      ts: startOfTime + i,
      frame: tcpFrame({
        ...ends,
        sourcePort: 1000,
        destinationPort: 443,
        sequence,
        acknowledgement: 0,
        flags,
        payload,
      }),
    });
    captured.push(segment(0, tcpFlags.syn, Buffer.alloc(0)));
    for (let at = 0; at < bytes.length; at += 1400)
      captured.push(segment(1 + at, tcpFlags.ack, bytes.subarray(at, at + 1400)));
  }
  return captured;
}

test('what waits for its rest is bounded over all connections', () => {
  const wide = Buffer.concat([
    record(22, Buffer.alloc(0)).subarray(0, 3),
    Buffer.of(0x40, 0x00),
    Buffer.alloc(12_000, 1),
  ]);
  const long = record(22, Buffer.concat([Buffer.of(1, 0, 0xff, 0xff), Buffer.alloc(10_000)]));
  for (const bytes of [wide, long]) {
    const limits = { maxHeld: 200_000 };
    const sensed = sense(unfinished(200, bytes), { tls: limits });
    assert.ok(sensed.weird.some((name) => name === 'tls_memory_limit' || name === 'tls_handshake_too_long'));
    assertCounted(sensed);
    // Within the bound nothing is said of it.
    const few = sense(unfinished(5, bytes), { tls: limits });
    assert.deepEqual(few.weird, []);
  }
});

test('early data that wait are bounded, and counted when nobody opens them', () => {
  const session = new SealedSession();
  const early = Array.from({ length: 100 }, () => session.under('early').seal(Buffer.alloc(1000)));
  const turns = [from('client', session.clientHello(extension(42)), ...early)];
  const sensed = sense(packetsOf(turns), { keyLog: session.keyLog(), tls: { maxEarly: 8000 } });
  assert.equal(
    sensed.count('encryptedBytes'),
    early.reduce((sum, { length }) => sum + length, 0),
  );
  assertCounted(sensed);
});

test('empty records, records of one octet, alerts without end', () => {
  const odd = [
    record(22, Buffer.alloc(0)),
    record(21, Buffer.of(1, 0)),
    record(21, Buffer.of(2)),
    record(20, Buffer.of(1)),
  ];
  const many = Array.from({ length: 3000 }, (_, i) => odd[i % odd.length]!);
  const sensed = sense(packetsOf([from('client', hello, ...many), from('server', ...many)]));
  assert.ok(sensed.handshakes[0]!.handshake.alerts.length <= 8);
  assertCounted(sensed);
});

test('messages of the wrong side, twice, or out of order', () => {
  const server = serverHello(0xc02f, []);
  const turns = [
    ...[from('client', hello), from('client', record(22, server)), from('server', record(22, server))],
    ...[from('server', hello), from('server', record(22, server)), from('client', hello)],
    ...[from('server', record(22, message(8, Buffer.alloc(1)))), from('client', record(22, message(24, Buffer.of(1))))],
    ...[
      from('client', record(22, message(5, Buffer.alloc(0)))),
      from('server', record(22, message(20, Buffer.alloc(0)))),
    ],
    from('server', record(22, message(12, Buffer.of(3)))),
  ];
  const sensed = sense(packetsOf(turns));
  assert.ok(sensed.weird.includes('tls_handshake_malformed'));
  assert.equal(sensed.handshakes.length, 1);
  assertCounted(sensed);
});

/** Octets that are like TLS in parts. */
function garble(random: Random, bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(bytes.length - at, random.between(1, 400));
    let part = Buffer.from(bytes.subarray(at, at + length));
    at += length;
    switch (random.below(7)) {
      case 0:
        part[random.below(length)] = random.below(256);
        break;
      case 1:
        part = part.subarray(0, random.below(length + 1));
        break;
      case 2:
        parts.push(part);
        break;
      case 3:
        part = Buffer.concat([part, Buffer.from(random.text(random.below(30), '\x16\x03\x01\x00\x17\xff'), 'latin1')]);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

test('any octets that begin like TLS: no exception, a balanced ledger, no octet told that was not sent', async () => {
  const talks = [
    await recordTalk({ server: { maxVersion: 'TLSv1.2' } }),
    await recordTalk({ server: { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' } }),
    await recordTalk(),
  ];
  for (let seed = 1; seed <= 240; seed++) {
    const random = new Random(seed);
    const { turns, keyLog } = talks[seed % talks.length]!;
    const heavy = random.chance(0.5);
    const made = turns.map(({ from: side, bytes }, index) => {
      // The first octets stay, so that it is taken for TLS.
      if (!heavy && !random.chance(0.3)) return { from: side, bytes };
      const kept = index === 0 ? 11 : 0;
      return from(side, bytes.subarray(0, kept), garble(random, bytes.subarray(kept)));
    });
    const sensed = sense(
      packetsOf(made, { mss: () => random.between(30, 1460) }),
      random.chance(0.7) ? { keyLog } : {},
    );
    for (const { request } of sensed.records) {
      if (request !== null) assert.ok(/^\/item\/(20|3000)$/.test(request.target), `seed ${seed}: ${request.target}`);
    }
  }
});

test('hellos of random octets: no exception, and what is told is bounded', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const octets = Buffer.from(Array.from({ length: random.below(600) }, () => random.below(256)));
    const type = random.pick([1, 2, 11, 12, 13, 8]);
    const noise = record(22, message(type, octets));
    const extensions = [extension(random.below(52), octets), extension(0xfe0d, octets), extension(13, codes(1, 2, 3))];
    const strange = record(22, clientHello({ suites: [1], extensions }));
    const sensed = sense(
      packetsOf([from('client', random.chance(0.5) ? strange : noise), from('server', noise, noise)]),
    );
    for (const { handshake } of sensed.handshakes) {
      assert.ok(JSON.stringify(handshake).length < 100_000);
      assert.deepEqual(JSON.parse(JSON.stringify(handshake)), handshake);
    }
  }
});

test('what a connection held is given back when it ends', async () => {
  const { turns, keyLog } = await recordTalk();
  const keys = new KeyLog();
  keys.add(keyLog);
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const ledger = new Ledger();
    const context: TlsContext = {
      ...{ limits: defaultTlsLimits, keys, certificates: new CertificateCache(), ledger, weird: new WeirdCounts() },
      sink: { open: () => ({ begin() {}, body() {}, end() {} }) },
      converse: () => ({ data() {}, gap() {}, conflict() {}, finish() {}, close() {} }),
      held: 0,
    };
    const connection = new TlsConnection(flow, context);
    for (const { from: side, bytes } of turns) {
      const direction = side === 'client' ? 0 : 1;
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + random.between(1, 90));
        if (random.chance(0.02)) connection.gap(direction, end - at);
        else connection.data(direction, bytes, at, end, 1, -1);
        at = end;
      }
      if (random.chance(0.1)) break;
    }
    connection.close('end-of-input');
    assert.equal(context.held, 0, `seed ${seed}`);
  }
});

const flow: FlowView = {
  ...{ uid: '0123456789abcdef', clock: 1, tunnel: '', vlan: -1, midStream: false, initiator: 0, encrypted: false },
  endpoint: (direction) => ({ ip: `10.0.0.${direction}`, port: 443 }),
  seen: () => true,
  spoke: () => true,
  sequence: () => 0,
  ignore() {},
  conversation: undefined as never,
};
