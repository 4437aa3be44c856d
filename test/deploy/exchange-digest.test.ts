/** One figure for what exchanges hold: the same however they come, another when anything of them is another. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { addDigests, DigestSink, type ExchangeDigest, noDigest, timesDigest } from '../../deploy/exchange-digest.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { fileSink, PcapWriter } from '../../deploy/traffic/pcap-writer.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import type { FlowInfo, MessageFacts, TransactionTail } from '../../sensor/transaction.ts';
import { brokerage, readPackets } from './replaying.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-digest-'));
after(() => rmSync(folder, { recursive: true }));

async function digestOf(input: string, shards = 1): Promise<ExchangeDigest> {
  const digests = new Map<number, ExchangeDigest>();
  await runSensing({
    ...{ inputs: [input], shards, limits: defaultSensorLimits, output: { kind: 'digest' } },
    take: async (shard, { digest }) => void digests.set(shard, digest!),
  });
  return [...digests.values()].reduce(addDigests, noDigest);
}

/** The capture, packet by packet as `change` has it. */
function made(name: string, change: (frame: Buffer) => void, shift = 0): string {
  const path = join(folder, name);
  const fd = openSync(path, 'w');
  const writer = new PcapWriter(fileSink(fd));
  readPackets(brokerage, (ts, frame) => {
    const other = Buffer.from(frame);
    change(other);
    writer.packet(ts + shift, other);
  });
  writer.close();
  closeSync(fd);
  return path;
}

test('the same by one thread and by two, at other times and from other addresses; not with an octet changed', async () => {
  const whole = await digestOf(brokerage);
  assert.equal(whole.exchanges, 2667);
  assert.deepEqual(await digestOf(brokerage, 2), whole);
  const moved = made(
    'moved.pcap',
    (frame) => {
      if (frame.readUInt16BE(12) !== 0x0800) return;
      for (const at of [26, 30]) frame[at] = frame[at]! ^ 0x40;
    },
    5e6,
  );
  assert.deepEqual(await digestOf(moved), whole);
  let changed = 0;
  const other = made('other.pcap', (frame) => {
    const at = changed > 0 ? -1 : frame.indexOf('\r\n\r\n{"');
    if (at < 0) return;
    changed++;
    frame[at + 6] = frame[at + 6]! ^ 1;
  });
  const different = await digestOf(other);
  assert.equal(changed, 1);
  assert.equal(different.exchanges, whole.exchanges);
  assert.notDeepEqual(different.sum, whole.sum);
});

const flow: FlowInfo = {
  ...{ uid: '0123456789abcdef', client: { ip: '10.0.0.1', port: 40000 }, server: { ip: '10.0.0.2', port: 80 } },
};
const facts: MessageFacts = {
  ...{ headBytes: 40, wireBytes: 10, bytes: 10, shedBytes: 0, encoding: '', charset: 'utf-8', truncated: false },
  ...{ endTs: 1, trailers: [] },
};
const tail: TransactionTail = {
  ...{ ts: 5, request: facts, response: facts, sequence: 77, durationUs: 3, gapBytes: 0, truncated: false },
  ...{ pairing: 'paired', unpaired: null, interim: [], weird: [] },
};
const body = Buffer.from('{"a":"bcdefgh","i":1}');

interface Told {
  readonly flow?: Partial<FlowInfo>;
  readonly depth?: number;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly status?: number;
  readonly pieces?: readonly Buffer[];
  readonly asked?: Buffer;
  readonly tail?: Partial<TransactionTail>;
  readonly ts?: number;
}

function one(told: Told = {}): ExchangeDigest {
  const sink = new DigestSink();
  const { ts = 1, target = '/a', headers = ['Host', 'h'], status = 200 } = told;
  const reader = sink.open({ ...flow, ...told.flow }, told.depth ?? 1);
  reader.begin({ side: 'request', ts, method: 'GET', target, version: '1.1', host: 'h', headers });
  if (told.asked !== undefined) reader.body('request', told.asked, 0, told.asked.length);
  reader.begin({ side: 'response', ts, status, reason: 'OK', version: '1.1', headers: [] });
  for (const piece of told.pieces ?? [body]) reader.body('response', piece, 0, piece.length);
  reader.end({ ...tail, ...told.tail });
  return sink.digest;
}

test('pieces, times, addresses and how an unended connection ends make no difference; all else does', () => {
  const whole = one();
  for (let cut = 1; cut < body.length; cut++)
    assert.deepEqual(one({ pieces: [body.subarray(0, cut), body.subarray(cut)] }), whole, `cut at ${cut}`);
  assert.deepEqual(one({ pieces: [...body].map((octet) => Buffer.from([octet])) }), whole);
  const elsewhere = { uid: 'f'.repeat(16), client: { ip: '10.9.9.9', port: 40000 } };
  assert.deepEqual(one({ ts: 99, flow: elsewhere, tail: { ts: 6, durationUs: 9 } }), whole);
  const alone = (unpaired: TransactionTail['unpaired']) => one({ tail: { pairing: 'no-response', unpaired } });
  assert.deepEqual(alone('end-of-input'), alone('timeout'));
  assert.notDeepEqual(alone('end-of-input'), alone('gap'));
  const others: readonly Told[] = [
    { target: '/b' },
    { headers: ['Host', 'i'] },
    { headers: ['Hos', 'th'] },
    { status: 201 },
    { depth: 2 },
    { flow: { client: { ip: '10.0.0.1', port: 40001 } } },
    { flow: { tls: true } },
    { pieces: [] },
    { pieces: [body.subarray(0, 20)] },
    { pieces: [Buffer.concat([body, Buffer.alloc(1)])] },
    { pieces: [], asked: body },
    ...[0, 5, 20].map(
      (at): Told => ({ pieces: [Buffer.from(body.map((octet, i) => (i === at ? octet ^ 128 : octet)))] }),
    ),
    ...([{ sequence: 78 }, { gapBytes: 2 ** 33 }, { truncated: true }, { pairing: 'no-request' }] as const).map(
      (changed): Told => ({ tail: changed }),
    ),
    ...[{ interim: [103] }, { weird: ['http_bare_lf'] }, { request: null }].map((changed): Told => ({ tail: changed })),
    ...([{ bytes: 11 }, { truncated: true }, { encoding: 'gzip' }, { trailers: ['a', 'b'] }] as const).map(
      (changed): Told => ({ tail: { response: { ...facts, ...changed } } }),
    ),
  ];
  const seen = [whole, ...others.map((told) => one(told))].map(({ sum }) => sum.join());
  assert.equal(new Set(seen).size, seen.length);
  // Each half of the sum tells on its own.
  for (const half of [0, 1]) assert.equal(new Set(seen.map((sum) => sum.split(',')[half])).size, seen.length);
});

test('a sum does not depend on order, and so many times are as many', () => {
  const [a, b] = [one(), one({ target: '/b' })];
  assert.deepEqual(addDigests(a, b), addDigests(b, a));
  const sum = Array.from({ length: 1000 }, () => a).reduce(addDigests, noDigest);
  assert.deepEqual(sum, timesDigest(a, 1000));
  assert.equal(sum.exchanges, 1000);
  assert.notDeepEqual(addDigests(a, b).sum, timesDigest(a, 2).sum);
});
