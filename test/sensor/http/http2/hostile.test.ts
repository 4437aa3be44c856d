/** HTTP/2 made to exhaust who reads it: each has a name, and costs little. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../../../deploy/traffic/random.ts';
import { defaultHttpLimits } from '../../../../sensor/http/limits.ts';
import { sense } from '../../sense.ts';
import { summary } from '../exchange-of.ts';
import { answer, ask, block, frame, header, hello, indexed, integer, preface, settings } from './made-frames.ts';
import { client, packetsOf, type Said, server } from './recorded.ts';

const request = { ':method': 'GET', ':scheme': 'http', ':authority': 'a.example', ':path': '/' };

function told(...talk: readonly Said[]) {
  return sense(packetsOf(talk, { mss: 16_000 }));
}

describe('bounds', () => {
  test('HPACK bomb: an entry of 4 KiB, asked for by thousands of single octets', () => {
    const bomb = Buffer.concat([
      block(request),
      header('x', 'b'.repeat(4000), 'added'),
      Buffer.alloc(15_000, indexed(62)[0]!),
    ]);
    const { records, weird } = told(
      client(
        hello,
        frame('headers', 1, bomb.subarray(0, 16_000), 0x1),
        frame('continuation', 1, bomb.subarray(16_000), 4),
      ),
      server(settings, answer(1)),
      client(ask(3)),
      server(answer(3)),
    );
    assert.deepEqual(weird, ['http2_hpack_bomb']);
    assert.equal(summary(records)[1], 'GET /3 → 200 «3»');
    const octets = records[0]!.request!.headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    assert.ok(octets < defaultHttpLimits.http2.maxHeaderBytes);
  });

  test('thousands of small fields', () => {
    const many = Buffer.concat([block(request), Buffer.concat(Array.from({ length: 3000 }, () => header('a', '1')))]);
    const { records, weird } = told(client(hello, frame('headers', 1, many, 0x5)), server(settings, answer(1)));
    assert.deepEqual(weird, ['http_header_flood']);
    assert.equal(records[0]!.request!.headers.length, defaultHttpLimits.http2.maxHeaders);
  });

  test('CONTINUATION without end: by frames, by octets', () => {
    const parts = (count: number, size: number) =>
      Array.from({ length: count }, () => frame('continuation', 1, Buffer.alloc(size, 0x82)));
    for (const flood of [parts(5000, 0), parts(5000, 3), parts(40, 16_000)]) {
      const open = frame('headers', 1, block(request), 0x1);
      const { records, weird } = told(
        client(hello, open, ...flood, frame('continuation', 1, '', 4), ask(3)),
        server(settings, answer(1), answer(3)),
      );
      assert.deepEqual(weird, ['http2_continuation_flood', 'http2_hpack_state_unknown']);
      assert.deepEqual(
        records.map(({ response }) => response?.body.text),
        ['1', '3'],
      );
      assert.equal(records[1]!.request!.target, '/3');
    }
  });

  test('a flood that never ends leaves no block behind', () => {
    const { records, weird } = told(
      client(hello, frame('headers', 1, block(request), 0x1), frame('ping', 0, '12345678'), ask(3)),
      server(settings, answer(3)),
    );
    assert.deepEqual(weird, ['http2_bad_frame']);
    assert.deepEqual(summary(records), ['GET /3 → 200 «3»']);
  });

  test('more streams than anybody allows: the oldest end', () => {
    const asks = Array.from({ length: 3000 }, (_, i) => ask(2 * i + 1));
    const { records, weird } = told(client(hello, ...asks), server(settings, answer(5999)));
    assert.equal(records.length, 3000);
    assert.equal(
      records.filter(({ unpaired }) => unpaired === 'evicted').length,
      3000 - defaultHttpLimits.http2.maxStreams,
    );
    assert.ok(weird.includes('http2_stream_limit'));
    assert.equal(records.find((record) => record.pairing === 'paired')?.request?.target, '/5999');
  });

  test('rapid reset', () => {
    const pairs = Array.from({ length: 500 }, (_, i) => [
      ask(2 * i + 1),
      frame('reset', 2 * i + 1, '\0\0\0\x08'),
    ]).flat();
    const { records, weird } = told(client(hello, ...pairs), server(settings));
    assert.deepEqual(weird, ['http2_rapid_reset']);
    assert.equal(records.length, 500);
    assert.equal(records.filter((record) => record.weird.includes('http2_rapid_reset')).length, 401);
  });

  test('SETTINGS and PING by the thousand', () => {
    const { weird } = told(
      client(hello, ...Array.from({ length: 3000 }, () => frame('ping', 0, '12345678'))),
      server(settings),
    );
    assert.deepEqual(weird, ['http2_control_flood']);
  });

  test('frames longer than what is kept are passed over', () => {
    const long = Buffer.alloc(300_000, 0x82);
    const { records, weird } = told(
      client(hello, frame('headers', 1, long, 0x5), ask(3)),
      server(settings, answer(1), answer(3)),
    );
    assert.deepEqual(weird, ['http2_continuation_flood', 'http2_hpack_state_unknown']);
    assert.equal(summary(records).at(-1), 'GET /3 → 200 «3»');
  });

  test('coded contents that never end, on as many streams as there may be', () => {
    const open = { ...request, ':method': 'POST', 'content-encoding': 'gzip' };
    const part = Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.alloc(15_000)]);
    const asks = Array.from({ length: 800 }, (_, i) =>
      Buffer.concat([frame('headers', 2 * i + 1, block(open), ['endHeaders']), frame('data', 2 * i + 1, part)]),
    );
    const { records, weird } = told(client(hello, ...asks), server(settings));
    assert.equal(records.length, 800);
    assert.ok(weird.includes('http2_stream_limit'));
    const kept = records.filter(({ unpaired }) => unpaired !== 'evicted').length;
    assert.equal(kept, Math.floor(defaultHttpLimits.http2.maxHeld / part.length));
  });

  test('a content that is coded over and over ends where its bound is', () => {
    const { records } = told(
      client(hello, ask(1)),
      server(
        settings,
        frame('headers', 1, block({ ':status': '200', 'content-encoding': 'gzip' }), 4),
        frame('data', 1, 'no gzip', 1),
      ),
    );
    assert.deepEqual(records[0]!.weird, ['content_coding_mislabelled']);
  });
});

describe('what breaks the rules', () => {
  const cases: Readonly<Record<string, readonly [readonly Buffer[], readonly string[]]>> = {
    'padding longer than the frame': [
      [frame('headers', 1, Buffer.concat([Buffer.of(200), block(request)]), 0xd)],
      ['http2_bad_frame'],
    ],
    'content on stream 0': [[frame('data', 0, 'x')], ['http2_bad_frame']],
    'SETTINGS of 5 octets': [[frame('settings', 0, '12345')], ['http2_bad_frame']],
    'CONTINUATION of nothing': [[frame('continuation', 1, 'abc', 4)], ['http2_bad_frame']],
    'a block that is no HPACK': [[frame('headers', 1, '\x80\x80', 5)], ['http2_hpack_error']],
    'upper case': [[frame('headers', 1, block({ ...request, 'X-Upper': '1' }), 5)], ['http2_bad_header']],
    'a line feed in a value': [[frame('headers', 1, block({ ...request, x: 'a\nb' }), 5)], ['http2_bad_header']],
    'a pseudo-field behind others': [[frame('headers', 1, block({ x: '1', ...request }), 5)], ['http2_bad_header']],
    'no path': [[frame('headers', 1, block({ ':method': 'GET' }), 5)], ['http2_bad_header']],
    'Transfer-Encoding': [
      [frame('headers', 1, block({ ...request, 'transfer-encoding': 'chunked' }), 5)],
      ['http2_bad_header'],
    ],
    'a promise of the client': [
      [ask(1), frame('promise', 1, Buffer.concat([Buffer.of(0, 0, 0, 2), block(request)]), 4)],
      ['http2_bad_frame'],
    ],
    'an unknown type is not odd': [[frame(0xbe, 7, 'grease'), ask(1)], []],
    'a size update of 1 GiB is not kept': [
      [frame('headers', 1, Buffer.concat([integer(2 ** 28, 5, 0x20), block(request)]), 5)],
      [],
    ],
  };
  for (const [name, [frames, expected]] of Object.entries(cases)) {
    test(name, () => {
      const { weird, records } = told(client(hello, ...frames, ask(99)), server(settings, answer(99)));
      assert.deepEqual(weird, expected);
      assert.ok(records.some((record) => record.request?.target === '/99' && record.pairing === 'paired'));
    });
  }

  test('an answer to what nobody asked', () => {
    const { records } = told(client(hello, ask(1)), server(settings, answer(1), answer(7)));
    assert.deepEqual(summary(records), ['GET /1 → 200 «1»', '- → 200 «7» unsolicited http_response_without_request']);
  });
});

describe('fuzz', () => {
  const talk = [
    client(hello, ask(1), frame('headers', 3, block(request, 'added'), 4), frame('data', 3, 'content', 1), ask(5)),
    server(
      settings,
      answer(1),
      frame('headers', 3, block({ ':status': '200' }, 'added'), 4),
      frame('data', 3, 'abc'.repeat(300)),
    ),
    client(frame('reset', 5, '\0\0\0\x08'), ask(7), frame('goAway', 0, '\0\0\0\0\0\0\0\0')),
    server(
      frame('data', 3, '', 1),
      frame('promise', 7, Buffer.concat([Buffer.of(0, 0, 0, 2), block(request)]), 4),
      answer(2),
      answer(7),
    ),
  ];

  test('octets changed, added, taken out: no exception, a ledger that balances', () => {
    const random = new Random(7540);
    for (let round = 0; round < 400; round++) {
      const spoilt = talk.map(({ from, octets }) => {
        const copy = [...octets];
        for (let i = random.below(6); i > 0; i--) {
          const at = random.below(copy.length);
          const how = random.below(3);
          if (how === 0) copy[at] = random.below(256);
          else if (how === 1) copy.splice(at, random.between(1, 20));
          else copy.splice(at, 0, ...Array.from({ length: random.between(1, 12) }, () => random.below(256)));
        }
        return { from, octets: Buffer.from(copy) };
      });
      sense(packetsOf(spoilt, { mss: random.pick([1, 7, 100, 1460]), open: random.chance(0.7) }));
    }
  });

  test('random frames behind a preface', () => {
    const random = new Random(9113);
    for (let round = 0; round < 500; round++) {
      const some = () =>
        Array.from({ length: random.between(1, 20) }, () =>
          frame(
            random.below(12),
            random.below(9),
            random.text(random.below(60), 'ab\x82\x86\xbe\x40\x00\x01\x7f'),
            random.below(64),
          ),
        );
      sense(packetsOf([client(preface, ...some()), server(settings, ...some()), client(...some()), server(...some())]));
    }
  });
});
