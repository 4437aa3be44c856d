/** Streams that never come to an end, of everything that could be collected: memory stays bounded, each has its name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Segment } from '../../../sensor/decode/segment.ts';
import { C } from '../../../sensor/ledger.ts';
import { defaultSensorLimits, Sensor } from '../../../sensor/sensor.ts';
import type { TransactionReader } from '../../../sensor/transaction.ts';
import { type Weird, weirdIndex } from '../../../sensor/weird.ts';
import { startOfTime } from '../sense.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Octets in use, garbage aside: the least of a few looks, for the memory of collected buffers is given back by another
 * thread in its own time. What is really held is there at every look.
 */
async function retained(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 8; look++) {
    collectGarbage();
    await setTimeout(10);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

const reader: TransactionReader = { begin() {}, body() {}, end() {} };
const chunk = 1400;

interface Endless {
  /** What comes first, in turns: client, server, client … */
  readonly before: readonly string[];
  readonly from: 'client' | 'server';
  /** Repeated without end. */
  readonly unit: string;
  readonly weird?: Weird;
  /** Octets from one segment's sequence number to the next's; the payload's length when absent. */
  readonly stride?: number;
}

const ask = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n';
const cases: Readonly<Record<string, Endless>> = {
  'a request line': { before: [], from: 'client', unit: 'GET /aaaaaaaaaaaaaaaaaaaaaaaa', weird: 'http_line_too_long' },
  'a status line': {
    before: [ask, 'HTTP/1.1 200 '],
    from: 'server',
    unit: 'very fine indeed ',
    weird: 'http_line_too_long',
  },
  'a header line': { before: ['GET / HTTP/1.1\r\nX: '], from: 'client', unit: 'abcdefgh', weird: 'http_line_too_long' },
  'header fields': { before: ['GET / HTTP/1.1\r\n'], from: 'client', unit: 'X: y\r\n', weird: 'http_header_flood' },
  'folded lines': {
    before: ['GET / HTTP/1.1\r\nX: y\r\n'],
    from: 'client',
    unit: ' more\r\n',
    weird: 'http_header_folded',
  },
  'fields without a colon': {
    before: ['GET / HTTP/1.1\r\n'],
    from: 'client',
    unit: 'none\r\n',
    weird: 'http_bad_header',
  },
  'a chunk-size line': {
    before: [ask, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    from: 'server',
    unit: '0000000000000000',
    weird: 'http_bad_chunk_size',
  },
  'a chunk extension': {
    before: [ask, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;'],
    from: 'server',
    unit: 'name=value;',
    weird: 'http_bad_chunk_size',
  },
  trailers: {
    before: [ask, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'],
    from: 'server',
    unit: `X: ${'y'.repeat(1000)}\r\n`,
    weird: 'http_header_flood',
  },
  'empty lines': { before: [], from: 'client', unit: '\r\n' },
  'broken requests': { before: [ask], from: 'client', unit: 'GET \x01\n', weird: 'http_bad_start_line' },
  'broken responses': {
    before: [ask],
    from: 'server',
    unit: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n',
    weird: 'http_bad_chunk_size',
  },
  'interim responses': { before: [ask], from: 'server', unit: 'HTTP/1.1 102 Processing\r\n\r\n' },
  'requests without answer': { before: [], from: 'client', unit: ask, weird: 'http_pipeline_limit' },
  'answers without request': {
    before: [ask],
    from: 'server',
    unit: 'HTTP/1.1 204 No Content\r\n\r\n',
    weird: 'http_response_without_request',
  },
  'octets after an Upgrade': { before: ['GET /a HTTP/1.1\r\nUpgrade: x\r\n\r\n'], from: 'client', unit: 'data' },
  'what is no HTTP': { before: [], from: 'client', unit: '\x01\x02 nothing known \x03' },
  'a body': { before: [ask, 'HTTP/1.1 200 OK\r\n\r\n'], from: 'server', unit: 'content ' },
  'segments behind holes': { before: [ask, 'HTTP/1.1 200 OK\r\n\r\n'], from: 'server', unit: 'x', stride: 2 * chunk },
};

for (const [what, { before, from, unit, weird, stride = chunk }] of Object.entries(cases)) {
  test(`endless: ${what}`, async () => {
    const sensor = new Sensor(defaultSensorLimits, { open: () => reader });
    const { counts } = sensor.ledger;
    const segment = new Segment();
    segment.flags = 0x10;
    const next = { client: 1, server: 1 };
    segment.ts = segment.clock = startOfTime;
    let given = 0;
    const give = (side: 'client' | 'server', data: Buffer, start: number, end: number): void => {
      const [here, there] = side === 'client' ? [1, 2] : [2, 1];
      segment.source3 = here;
      segment.sourcePort = here === 1 ? 4000 : 80;
      segment.destination3 = there;
      segment.destinationPort = there === 1 ? 4000 : 80;
      segment.sequence = next[side];
      segment.acknowledgement = side === 'client' ? next.server : next.client;
      segment.data = data;
      segment.start = start;
      segment.end = end;
      segment.wireLength = end - start;
      next[side] = (next[side] + end - start) >>> 0;
      given += end - start;
      segment.ts = segment.clock += 10;
      sensor.segment(segment);
    };
    for (const [i, text] of before.entries())
      give(i % 2 === 0 ? 'client' : 'server', Buffer.from(text, 'latin1'), 0, text.length);
    const stream = Buffer.from(unit.repeat(Math.ceil((unit.length * chunk) / unit.length) + 1), 'latin1');
    let at = 0;
    const go = (octets: number): void => {
      for (let sent = 0; sent < octets; sent += chunk) {
        give(from, stream, at, at + chunk);
        next[from] = (next[from] + stride - chunk) >>> 0;
        at = (at + chunk) % unit.length;
      }
    };
    go(1 << 20);
    const start = await retained();
    go(3 << 20);
    const growth = (await retained()) - start;
    assert.ok(growth < 1 << 20, `${growth} octets more are held after 3 MiB more`);
    sensor.finish(startOfTime + 1e9);
    assert.equal(counts[C.payloadBytes], given);
    assert.equal(counts[C.streamBytes]! + counts[C.ignoredFlowBytes]!, given);
    assert.equal(counts[C.exchangesOpened], counts[C.exchangesEmitted]);
    if (weird !== undefined) assert.ok(sensor.weird.counts[weirdIndex[weird]]! > 0, `${weird} is not named`);
  });
}
