import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { type Captured, sense } from '../sense.ts';
import { converse } from '../talk.ts';
import { get, ok, senseSaid, summary } from './exchange-of.ts';

/** Octets that mean something to the layers that are read. */
const meaning = [
  '\r\n',
  '\n',
  '\r\n\r\n',
  ' ',
  ':',
  'HTTP/1.1 ',
  'GET / HTTP/1.1\r\n',
  '0\r\n\r\n',
  'chunked',
  'Upgrade: x\r\n',
  '\x00',
  '-1',
  'ffffffff',
  '9'.repeat(20),
];

function mutate(frame: Buffer, random: Random): Buffer {
  const copy = Buffer.from(frame);
  const kind = random.below(10);
  if (kind < 5) {
    for (let i = random.between(1, 4); i > 0; i--) copy[random.below(copy.length)] = random.below(256);
  } else if (kind < 8 && copy.length > 60) {
    const text = Buffer.from(random.pick(meaning), 'latin1');
    text.copy(copy, random.between(54, copy.length - 1));
  } else if (kind === 8) {
    copy[47] = random.below(64); // TCP flags of an Ethernet frame with IPv4
  } else {
    copy.writeUInt32BE((copy.readUInt32BE(38) + random.between(-3000, 3000)) >>> 0, 38); // sequence number
  }
  return copy;
}

test('mutated connections never throw, and every octet is accounted for', () => {
  const bases = Array.from({ length: 60 }, (_, seed) =>
    converse(
      new Random(seed),
      { client: '10.0.0.1:4000', server: '10.0.0.2:80', gapUs: seed % 3 === 0 ? 40_000 : 100 },
      {
        manner: seed % 2 === 0 ? 'lockstep' : 'batches',
        exchanges: 2,
        mss: 700,
        open: seed % 5 !== 0,
        close: (['fin', 'rst', 'none'] as const)[seed % 3]!,
      },
    ).packets(),
  );
  let exchanges = 0;
  let odd = 0;
  for (let seed = 0; seed < 10_000; seed++) {
    const random = new Random(seed);
    const packets: Captured[] = [];
    const rate = random.pick([0.05, 0.2, 0.7]);
    for (const { ts, frame } of random.pick(bases)) {
      if (random.chance(rate / 4)) continue;
      const changed = random.chance(rate) ? mutate(frame, random) : frame;
      const length = random.chance(rate / 4) ? random.below(changed.length + 1) : changed.length;
      packets.push({ ts, frame: changed.subarray(0, length), originalLength: changed.length });
      if (random.chance(rate / 4)) packets.push({ ts, frame: changed });
    }
    const { records, count, weird } = sense(packets, { expire: () => random.chance(0.2) });
    assert.equal(records.length, count('exchangesEmitted'), `seed ${seed}`);
    for (const record of records) {
      assert.equal(record.pairing === 'paired', record.unpaired === undefined, `seed ${seed}`);
      assert.ok(record.request !== null || record.response !== null);
    }
    exchanges += records.length;
    if (weird.length > 0) odd++;
  }
  assert.ok(exchanges > 10_000 && odd > 3000, `${exchanges} exchanges, ${odd} odd connections`);
});

test('a hundred thousand header fields: a thousand are kept, the connection goes on', () => {
  const fields = Array.from({ length: 100_000 }, (_, i) => `X-${i}: ${i}`);
  for (const count of [2000, 100_000]) {
    const { records, weird } = senseSaid({
      turns: [get('/flood', ...fields.slice(0, count)), ok('one'), get('/2'), ok('two')],
    });
    assert.ok(weird.includes('http_header_flood'));
    for (const { request } of records) assert.ok((request?.headers.length ?? 0) <= 1000);
    assert.match(summary(records).at(-1)!, /^GET \/2 → 200 «two»/, `${count}`);
  }
  const { records } = senseSaid({ turns: [get('/many', ...fields.slice(0, 2000)), ok('one')] });
  assert.equal(records[0]!.pairing, 'paired');
  assert.equal(records[0]!.request!.headers.length, 1000);
});

test('a header field of a megabyte costs its message', () => {
  const { records, weird } = senseSaid({
    turns: [get('/1'), ok('one'), get('/big', `X: ${'y'.repeat(1 << 20)}`), ok('big'), get('/2'), ok('two')],
  });
  assert.ok(weird.includes('http_line_too_long'));
  assert.deepEqual(summary(records)[0], 'GET /1 → 200 «one»');
  assert.ok(records.some(({ request, pairing }) => request?.target === '/2' && pairing === 'paired'));
  for (const { request, response } of records) {
    if (request?.target === '/2' && response !== null) assert.equal(response.body.text, 'two');
  }
});

test('a chunk size beyond reason is bad, a large one is only large', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const bad = senseSaid({ turns: [get('/1'), `${head}${'f'.repeat(14)}\r\nxx`, get('/2'), ok('two')] });
  assert.ok(bad.weird.includes('http_bad_chunk_size'));
  assert.match(summary(bad.records)[1]!, /^GET \/2 → 200 «two»/);
  const large = senseSaid({ turns: [get('/1'), `${head}${'f'.repeat(13)}\r\nxx`] });
  assert.deepEqual([large.weird, large.records[0]!.truncated], [[], true]);
});

test('a length beyond what is ever sent is a body that breaks off', () => {
  const { records } = senseSaid({
    turns: [get('/1'), 'HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nabc'],
  });
  assert.deepEqual([records[0]!.truncated, records[0]!.response!.body.wireBytes], [true, 3]);
});
