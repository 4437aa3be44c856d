import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { conversation } from '../../../../deploy/traffic/conversation.ts';
import { Random } from '../../../../deploy/traffic/random.ts';
import { MessageInflater } from '../../../../sensor/decompress.ts';
import { channelLimits } from '../../../../sensor/http/websocket/channel.ts';
import type { TransactionRecord } from '../../../../sensor/record.ts';
import { essence, type SenseOptions, sense, startOfTime } from '../../sense.ts';
import { get } from '../exchange-of.ts';

interface Frame {
  readonly opcode?: number;
  readonly final?: boolean;
  readonly compressed?: boolean;
  readonly masked?: boolean;
}

function frame(
  payload: string | Uint8Array,
  { opcode = 1, final = true, compressed = false, masked = false }: Frame = {},
): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  head[0] = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode;
  head[1] = masked ? 0x80 : 0;
  if (head.length === 2) head[1]! |= body.length;
  else if (head.length === 4) head.writeUInt16BE(body.length, 2);
  else head.writeBigUInt64BE(BigInt(body.length), 2);
  head[1]! |= head.length === 4 ? 126 : head.length === 10 ? 127 : 0;
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.of(0x5a, 0xc3, 0x0f, 0x99);
  return Buffer.concat([head, mask, body.map((octet, i) => octet ^ mask[i & 3]!)]);
}

const upgrade = get('/ws', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==');
const switching = (extensions = '') =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${extensions && `Sec-WebSocket-Extensions: ${extensions}\r\n`}\r\n`;

type Turn = readonly ['client' | 'server' | 'lost client' | 'lost server' | 'wait', string | Uint8Array];

function channel(turns: readonly Turn[], { extensions = '', mss = 1460, options = {} as SenseOptions } = {}) {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0, mss }).open();
  made.send('client', upgrade).send('server', switching(extensions));
  for (const [who, octets] of turns) {
    if (who === 'wait') made.wait(Number(octets));
    else if (who === 'lost client') made.lose('client', octets);
    else if (who === 'lost server') made.lose('server', octets);
    else made.send(who, octets);
  }
  return sense(made.close().packets(), options);
}

function said(records: readonly TransactionRecord[]): unknown[] {
  return records.map(({ request, response }) => [request?.body.text, response?.body.text]);
}

const masked = { masked: true };

describe('messages', () => {
  const turns: Turn[] = [
    ['client', frame('{"ask":1}', masked)],
    ['server', Buffer.concat([frame('{"answer":1}'), frame('', { opcode: 9 }), frame('second')])],
    ['client', Buffer.concat([frame('', { ...masked, opcode: 10 }), frame('in ', { ...masked, final: false })])],
    [
      'client',
      Buffer.concat([frame('ping', { ...masked, opcode: 9 }), frame('three ', { ...masked, opcode: 0, final: false })]),
    ],
    ['client', frame('parts', { ...masked, opcode: 0 })],
    ['server', frame('x'.repeat(300))],
    ['server', frame('y'.repeat(70_000))],
    ['server', frame(Buffer.of(1, 2, 3, 255), { opcode: 2 })],
    ['server', frame('text all the same', { opcode: 2 })],
    ['server', frame('two\nlines')],
    ['server', frame('\x03\xe8', { opcode: 8 })],
  ];

  test('what each side says is the content of its half, a line a message', () => {
    const { records, count, weird } = channel(turns);
    assert.deepEqual(said(records), [
      [
        '{"ask":1}\nin three parts\n',
        `{"answer":1}\nsecond\n${'x'.repeat(300)}\n${'y'.repeat(70_000)}\ntext all the same\ntwo\rlines\n`,
      ],
    ]);
    const [record] = records;
    assert.deepEqual([record?.response?.status, record?.pairing, record?.truncated], [101, 'paired', false]);
    assert.equal(record?.request?.body.wireBytes, '{"ask":1}in three parts'.length);
    assert.deepEqual(weird, []);
    assert.equal(count('messageBytes'), count('bytesToParse'));
  });

  test('any segmentation gives the same', () => {
    const expected = essence(channel(turns).records);
    for (const mss of [1, 2, 3, 7, 13, 100, 999, 16_000])
      assert.deepEqual(essence(channel(turns, { mss }).records), expected);
  });

  test('frames that come before the answer', () => {
    const early = frame('{"early":true}', masked);
    const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0 }).open();
    made
      .send('client', Buffer.concat([Buffer.from(upgrade), early]))
      .send('server', Buffer.concat([Buffer.from(switching()), frame('hi')]));
    assert.deepEqual(said(sense(made.close().packets()).records), [['{"early":true}\n', 'hi\n']]);
  });

  test('a request with content that is not over when it is answered is told, once', () => {
    const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0 }).open();
    made.send('client', 'POST /ws HTTP/1.1\r\nHost: a\r\nUpgrade: other\r\nContent-Length: 50\r\n\r\npart');
    made.send('server', switching().replace('websocket', 'other')).send('client', 'more');
    const { records, count } = sense(made.close().packets());
    assert.deepEqual(
      records.map(({ request, response }) => [request?.method, response?.status]),
      [['POST', 101]],
    );
    assert.equal(count('exchangesOpened'), count('exchangesEmitted'));
  });
});

describe('permessage-deflate (RFC 7692)', () => {
  async function deflated(stream: DeflateRaw, text: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    const take = (part: Buffer) => parts.push(part);
    stream.on('data', take);
    stream.write(text);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    stream.off('data', take);
    const all = Buffer.concat(parts);
    assert.equal(all.subarray(-4).toString('hex'), '0000ffff');
    return all.subarray(0, -4);
  }

  const texts = [1, 2, 3, 4].map((id) => `{"id":${id},"text":"the same words again and again, the same words"}`);

  test('the window goes on from message to message, or does not, as agreed', async () => {
    for (const takeover of [true, false]) {
      let stream = createDeflateRaw();
      const packed: Buffer[] = [];
      for (const text of texts) {
        packed.push(await deflated(stream, text));
        if (!takeover) stream = createDeflateRaw();
      }
      const extensions = `permessage-deflate${takeover ? '' : '; server_no_context_takeover'}; client_max_window_bits=15`;
      // The third comes in two frames.
      const frames = packed.flatMap((octets, i) =>
        i === 2
          ? [frame(octets.subarray(0, 9), { compressed: true, final: false }), frame(octets.subarray(9), { opcode: 0 })]
          : [frame(octets, { compressed: true })],
      );
      const turns: Turn[] = [...frames.map((each): Turn => ['server', each]), ['server', frame('plain')]];
      for (const mss of [1, 10, 1460]) {
        const { records } = channel(turns, { extensions, mss });
        assert.equal(records[0]!.response!.body.text, `${texts.join('\n')}\nplain\n`);
        assert.equal(
          records[0]!.response!.body.wireBytes,
          packed.reduce((sum, octets) => sum + octets.length, 5),
        );
      }
      // Without the second message, what follows lacks its window.
      const [first, , ...later] = frames as [Buffer, ...Buffer[]];
      const lossy: Turn[] = [
        ['server', first],
        ['server', frames[1]!.subarray(0, 2)],
        ['lost server', frames[1]!.subarray(2)],
      ];
      const { records } = channel([...lossy, ...later.map((each): Turn => ['server', each])], { extensions });
      const told = takeover ? [texts[0]] : [texts[0], texts[2], texts[3]];
      assert.equal(records[0]!.response!.body.text, `${told.join('\n')}\n`);
      assert.equal(records[0]!.truncated, true);
    }
  });

  test('a bomb ends where its bound is; octets that are not deflate have a name', async () => {
    const bomb = await deflated(createDeflateRaw(), 'b'.repeat(40_000_000));
    const extensions = 'permessage-deflate';
    const { records, weird } = channel(
      [
        ['server', frame(bomb, { compressed: true })],
        ['server', frame('after')],
      ],
      { extensions },
    );
    assert.deepEqual(weird, ['content_coding_bomb']);
    assert.ok(records[0]!.response!.body.bytes <= 16 * 1024 * 1024 + 10);
    assert.deepEqual(channel([['server', frame('\xff\xff\xff', { compressed: true })]], { extensions }).weird, [
      'content_coding_corrupt',
    ]);
    assert.deepEqual(channel([['server', frame('abc', { compressed: true })]]).weird, ['websocket_bad_frame']);
  });
});

// The message is that of RFC 7692 §7.2.3.1.
test('windows have a bound: beyond it compressed messages are not told, others are', async () => {
  const packets = Array.from({ length: 1100 }, (_, i) => {
    const made = conversation({
      client: `10.0.${i >> 8}.${i & 255}:4000`,
      server: '10.9.0.2:80',
      ackEvery: 0,
      ts: startOfTime + i,
    });
    made.open().send('client', upgrade).send('server', switching('permessage-deflate'));
    return made
      .send('server', frame(Buffer.from('f248cdc9c90700', 'hex'), { compressed: true }))
      .send('server', frame('plain'))
      .packets();
  });
  const { records, weird, count } = sense(packets.flat());
  assert.deepEqual(weird, ['websocket_window_limit']);
  assert.equal(records.filter(({ response }) => response!.body.text === 'Hello\nplain\n').length, 1024);
  assert.equal(records.filter(({ response, truncated }) => truncated && response!.body.text === 'plain\n').length, 76);
  assert.equal(count('exchangesEmitted'), 1100);
  // They are given back with their channels.
  assert.equal(MessageInflater.open, 0);
});

describe('long channels', () => {
  test('are told in parts, by time and by size, with the same heads', () => {
    const byTime = channel([
      ['client', frame('1', masked)],
      ['server', frame('one')],
      ['wait', '61000000'],
      ['client', frame('2', masked)],
      ['server', frame('two')],
    ]);
    assert.deepEqual(said(byTime.records), [
      ['1\n', 'one\n'],
      ['2\n', 'two\n'],
    ]);
    assert.deepEqual(
      byTime.records.map(({ weird }) => weird),
      [[], ['websocket_continued']],
    );
    for (const { request, response } of byTime.records) {
      assert.deepEqual([request?.target, response?.status], ['/ws', 101]);
    }
    // A ping is enough to tell that a part is old.
    const pinged = channel([
      ['server', frame('one')],
      ['wait', '61000000'],
      ['server', frame('', { opcode: 9 })],
    ]);
    assert.equal(pinged.records.length, 1);
    const big = frame('z'.repeat(300_000));
    const bySize = channel(Array.from({ length: 10 }, (): Turn => ['server', big]));
    assert.deepEqual(
      bySize.records.map(({ response }) => response!.body.bytes),
      [4, 4, 2].map((count) => count * 300_001),
    );
  });

  test('a message is not divided while the other side ends parts', () => {
    const turns: Turn[] = [
      ['client', frame('begin ', { ...masked, final: false })],
      ['wait', '90000000'],
      ['server', frame('x')],
    ];
    const { records } = channel([...turns, ['client', frame('end', { ...masked, opcode: 0 })]]);
    assert.deepEqual(said(records), [['begin end\n', 'x\n']]);
    assert.ok(channelLimits.partTime < 90_000_000);
  });
});

describe('losses and odd octets', () => {
  test('octets lost inside a message: bridged, and told', () => {
    const long = frame('l'.repeat(5000), masked);
    const turns: Turn[] = [
      ['client', long.subarray(0, 1000)],
      ['lost client', long.subarray(1000, 2000)],
      ['client', long.subarray(2000)],
    ];
    const { records } = channel([...turns, ['client', frame('{"next":1}', masked)], ['server', frame('ok')]]);
    assert.deepEqual(
      [records[0]!.gapBytes, records[0]!.truncated, records[0]!.response!.body.text],
      [1000, true, 'ok\n'],
    );
    assert.ok(records[0]!.request!.body.text!.endsWith('\n{"next":1}\n'));
  });

  test('octets lost between frames: the rest of that direction is counted, the other goes on', () => {
    const { records, count } = channel([
      ['client', frame('a', masked)],
      ['lost client', frame('b'.repeat(100), masked)],
      ['client', frame('c', masked)],
      ['server', frame('ok')],
    ]);
    assert.deepEqual(said(records), [['a\n', 'ok\n']]);
    assert.equal(records[0]!.truncated, true);
    assert.equal(count('resyncBytes'), frame('c', masked).length);
  });

  test('what is no WebSocket behind the handshake is counted', () => {
    const { records, count, weird } = channel([['client', Buffer.from('\x13BitTorrent protocol')]]);
    assert.equal(records.length, 1);
    assert.ok(count('resyncBytes') > 10);
    assert.deepEqual(weird, ['websocket_bad_frame']);
  });

  test('octets changed, added, taken out: no exception, a ledger that balances', () => {
    const random = new Random(6455);
    const all = Buffer.concat([
      frame('{"a":1}', masked),
      frame('x'.repeat(200), { ...masked, final: false }),
      frame('y', { ...masked, opcode: 0 }),
    ]);
    for (let round = 0; round < 500; round++) {
      const copy = [...all];
      for (let i = random.below(6); i > 0; i--) {
        const at = random.below(copy.length);
        const how = random.below(3);
        if (how === 0) copy[at] = random.below(256);
        else if (how === 1) copy.splice(at, random.between(1, 20));
        else copy.splice(at, 0, ...Array.from({ length: random.between(1, 9) }, () => random.below(256)));
      }
      channel(
        [
          ['client', Buffer.from(copy)],
          ['server', Buffer.from(copy)],
        ],
        {
          extensions: random.chance(0.5) ? 'permessage-deflate' : '',
          mss: random.pick([1, 50, 1460]),
        },
      );
    }
  });
});
