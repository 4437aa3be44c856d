/** HTTP/2 whose beginning was not captured, or of which octets were lost: nothing is guessed, nothing is paired wrongly. */
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import { Random } from '../../../../deploy/traffic/random.ts';
import type { TransactionRecord } from '../../../../sensor/record.ts';
import { sense } from '../../sense.ts';
import { summary } from '../exchange-of.ts';
import { answer, ask, block, frame, header, hello, indexed, settings, sizeUpdate } from './made-frames.ts';
import { client, packetsOf, recordSession, request, type Said, server } from './recorded.ts';

/** Exchanges with ids in target, fields and body, so that any wrong pair shows. */
const visited = await recordSession(
  http2.createServer((asked, response) => {
    let body = '';
    asked.setEncoding('latin1');
    asked.on('data', (part) => {
      body += part;
    });
    asked.on('end', () => {
      const id = asked.url.slice(1);
      response.setHeader('x-id', id);
      response.setHeader('content-type', 'application/json');
      response.end(`{"id":"${id}","sent":${body.length},"pad":"${'p'.repeat((Number(id) * 997) % 9000)}"}`);
    });
  }),
  async (session) => {
    for (let id = 1; id <= 24; id += 3) {
      await Promise.all(
        [id, id + 1, id + 2].map((each) =>
          request(session, {
            headers: { ':path': `/${each}`, ':method': 'POST', 'x-id': String(each), 'x-same': 'same' },
            body: `{"id":"${each}","text":"${'t'.repeat((each * 1231) % 5000)}"}`,
          }),
        ),
      );
    }
  },
);

function frames(octets: Buffer, from: number): Buffer[] {
  const all: Buffer[] = [];
  for (let at = from; at + 9 <= octets.length; ) {
    const end = at + 9 + octets.readUIntBE(at, 3);
    all.push(octets.subarray(at, end));
    at = end;
  }
  return all;
}

/** The conversation frame by frame, in an order both sides could have seen. */
function byFrame(): Said[] {
  const open = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  const all: Said[] = [];
  let prefaced = false;
  for (const { from, octets } of visited) {
    open[from] = Buffer.concat([open[from], octets]);
    if (from === 'client' && !prefaced) {
      all.push({ from, octets: open.client.subarray(0, 24) });
      open.client = open.client.subarray(24);
      prefaced = true;
    }
    for (const each of frames(open[from], 0)) {
      if (each.length < 9 || each.length < 9 + each.readUIntBE(0, 3)) break;
      all.push({ from, octets: each });
      open[from] = open[from].subarray(each.length);
    }
  }
  return all;
}

function idOf(record: TransactionRecord, side: 'request' | 'response'): string | undefined {
  const message = record[side];
  if (message === null) return undefined;
  return message.headers.find(([name]) => name === 'x-id')?.[1] ?? /"id":"(\d+)"/.exec(message.body.text ?? '')?.[1];
}

/** No field is that of another exchange, and no half that of another one. */
function assertTrue(records: readonly TransactionRecord[], label: string): number {
  let pairs = 0;
  for (const record of records) {
    const ids = new Set<string>();
    for (const side of ['request', 'response'] as const) {
      const message = record[side];
      if (message === null) continue;
      const named = message.headers.find(([name]) => name === 'x-id')?.[1];
      const told = /"id":"(\d+)"/.exec(message.body.text ?? '')?.[1];
      for (const id of [named, told]) if (id !== undefined) ids.add(id);
      for (const [name, value] of message.headers) if (name === 'x-same') assert.equal(value, 'same', label);
    }
    const target = /^\/(\d+)$/.exec(record.request?.target ?? '')?.[1];
    if (target !== undefined) ids.add(target);
    assert.ok(ids.size <= 1, `${label}: one exchange of ${[...ids]}`);
    if (record.request?.target === '' || record.request?.method === '') {
      assert.ok(record.weird.includes('http2_hpack_state_unknown'), `${label}: a field is missing and nobody says so`);
    }
    if (record.pairing === 'paired') pairs++;
    else assert.ok(record.unpaired !== undefined, label);
  }
  return pairs;
}

describe('joined late', () => {
  const all = byFrame();

  test('at every frame: known parts only, and no wrong pair', () => {
    let known = 0;
    for (let from = 1; from < all.length; from++) {
      const { records } = sense(packetsOf(all.slice(from), { open: false }));
      known += assertTrue(records, `from frame ${from}`);
    }
    // On average a join in the middle leaves half of the 24 exchanges, and most of these are found.
    assert.ok(known / all.length > 8, `${known} pairs in ${all.length} joins`);
  });

  test('in the middle of frames, cut anyhow', () => {
    const random = new Random(24);
    const packets = packetsOf(visited, { mss: 700 });
    let known = 0;
    for (let round = 0; round < 60; round++) {
      const from = random.between(4, packets.length - 1);
      known += assertTrue(sense(packets.slice(from)).records, `from packet ${from}`);
    }
    assert.ok(known > 300, `${known} pairs`);
  });

  test('either direction alone', () => {
    for (const only of ['client', 'server'] as const) {
      for (const open of [true, false]) {
        const kept = packetsOf(visited, { open }).filter((packet) => packet.from === only);
        const { records, sequences } = sense(kept);
        assert.equal(records.length, 24, `${only} ${open}`);
        assertTrue(records, only);
        for (const { unpaired } of records) assert.equal(unpaired, 'one-sided');
        // Where the client's numbers were never seen, an exchange is not another tap's for being the first or second.
        assert.equal(
          sequences.filter((each) => each !== 0).length,
          only === 'client' || open ? 24 : 0,
          `${only} ${open}`,
        );
      }
    }
  });

  test('a field that refers to what was not seen is left out, and the exchange says so', () => {
    const known = Buffer.concat([
      indexed(3),
      indexed(6),
      header(':path', '/late'),
      indexed(70),
      header('x-new', '1', 'added'),
    ]);
    const next = Buffer.concat([indexed(2), indexed(6), indexed(63), header(':path', '/next'), indexed(62)]);
    const { records } = sense(
      packetsOf(
        [client(frame('headers', 7, known, 0x5), frame('headers', 9, next, 0x5)), server(answer(7), answer(9))],
        { open: false },
      ),
    );
    assert.deepEqual(summary(records), [
      'POST /late → 200 «7» http2_hpack_state_unknown',
      'GET /next → 200 «9» http2_hpack_state_unknown',
    ]);
    assert.deepEqual(
      records.map(({ request: asked }) => asked!.headers),
      [[['x-new', '1']], [['x-new', '1']]],
    );
  });

  test('a table that is emptied is known from there on', () => {
    const reset = Buffer.concat([
      sizeUpdate(0),
      sizeUpdate(4096),
      indexed(2),
      indexed(6),
      header(':path', '/a'),
      header('x-known', 'yes', 'added'),
    ]);
    const later = Buffer.concat([indexed(2), indexed(6), header(':path', '/b'), indexed(62)]);
    const { records } = sense(
      packetsOf(
        [
          client(ask(7), frame('headers', 9, reset, 0x5), frame('headers', 11, later, 0x5)),
          server(answer(7), answer(9), answer(11)),
        ],
        { open: false },
      ),
    );
    assert.deepEqual(summary(records), ['GET /7 → 200 «7»', 'GET /a → 200 «9»', 'GET /b → 200 «11»']);
    assert.deepEqual(records[2]!.request!.headers, [['x-known', 'yes']]);
  });

  test('without a handshake, but with the preface: nothing is unknown', () => {
    for (const first of ['client', 'server'] as const) {
      const shown = client(
        hello,
        frame('headers', 1, block({ ':method': 'GET', ':scheme': 'http', ':path': '/1', x: 'y' }, 'added'), 5),
      );
      const greets = server(settings, frame('headers', 1, block({ ':status': '200', 'x-id': '1' }, 'added'), 5));
      const again = client(
        frame('headers', 3, Buffer.concat([indexed(2), indexed(6), header(':path', '/3'), indexed(62)]), 5),
      );
      const answers = server(frame('headers', 3, Buffer.concat([indexed(8), indexed(62)]), 5));
      const begin = first === 'client' ? [shown, greets] : [server(settings), shown, server(greets.octets.subarray(9))];
      const { records, weird } = sense(packetsOf([...begin, again, answers], { open: false }));
      assert.deepEqual(summary(records), ['GET /1 → 200', 'GET /3 → 200']);
      assert.deepEqual(weird, []);
      assert.deepEqual(records[1]!.request!.headers, [['x', 'y']]);
      assert.deepEqual(records[1]!.response!.headers, [['x-id', '1']]);
    }
  });

  test('what only looks like one frame is not taken for HTTP/2', () => {
    const once = frame('ping', 0, '12345678');
    for (const talk of [
      [client(once), server(once)],
      [client(Buffer.alloc(500)), server(Buffer.alloc(500))],
      [client(settings), server(settings), client(Buffer.from('\0\0\0\x01\0garbage of another protocol, long enough'))],
    ]) {
      const { records, count } = sense(packetsOf(talk, { open: false }));
      assert.deepEqual(records, []);
      assert.equal(count('otherProtocolBytes'), count('bytesToParse'));
    }
  });
});

describe('octets lost', () => {
  const packets = packetsOf(visited, { mss: 1000 });
  const data = packets.map((packet, i) => (packet.payload.length > 0 ? i : -1)).filter((i) => i >= 0);

  test('each packet once: no wrong pair, and most exchanges stay whole', () => {
    let pairs = 0;
    for (const lost of data) {
      const { records, count } = sense(packets.filter((_, i) => i !== lost));
      pairs += assertTrue(records, `without packet ${lost}`);
      assert.ok(count('gaps') <= 1);
    }
    assert.ok(pairs / data.length > 20, `${pairs} pairs in ${data.length} losses`);
  });

  test('many packets: no wrong pair', () => {
    const random = new Random(5);
    for (let round = 0; round < 60; round++) {
      const share = random.pick([0.02, 0.1, 0.3]);
      const kept = packets.filter((packet) => packet.payload.length === 0 || !random.chance(share));
      assertTrue(sense(kept).records, `round ${round}`);
    }
  });

  test('inside of content: bridged, and told', () => {
    const talk = packetsOf(
      [
        client(hello, ask(1), ask(3)),
        server(settings, frame('headers', 1, block({ ':status': '200', 'content-type': 'text/plain' }), 4)),
        server(frame('data', 1, 'a'.repeat(3000), ['endStream']), answer(3)),
      ],
      { mss: 1000 },
    );
    const lost = talk.findIndex((packet) => packet.payload.equals(Buffer.alloc(1000, 'a')));
    const { records, weird } = sense(talk.filter((_, i) => i !== lost));
    assert.deepEqual(
      records.map(({ gapBytes, truncated, pairing }) => [gapBytes, truncated, pairing]),
      [
        [1000, true, 'paired'],
        [0, false, 'paired'],
      ],
    );
    assert.ok(!weird.includes('http2_resync'));
  });

  test('between frames: what follows is found again, with a table that is not known', () => {
    const shared = { ':method': 'GET', ':scheme': 'http', ':authority': 'a.example' };
    const asks = (stream: number, ...more: Buffer[]) =>
      frame('headers', stream, Buffer.concat([...more, header(':path', `/${stream}`)]), 0x5);
    const talk = packetsOf([
      client(hello),
      client(asks(1, block(shared, 'added'))),
      server(settings, answer(1)),
      client(asks(3, header('x-lost', '1', 'added'), block(shared))),
      server(answer(3)),
      client(asks(5, indexed(63), indexed(2), indexed(6))),
      server(answer(5)),
    ]);
    const lost = talk.findIndex((packet) => packet.payload.includes('/3'));
    const { records, weird } = sense(talk.filter((_, i) => i !== lost));
    assert.deepEqual(summary(records), [
      'GET /1 → 200 «1»',
      '- → 200 «3» gap',
      'GET /5 → 200 «5» http2_hpack_state_unknown',
    ]);
    assert.ok(weird.includes('http2_resync'));
    assert.deepEqual([records[2]!.request!.host, records[2]!.request!.headers], ['', []]);
  });

  test('what cannot be found again is counted, and exchanges end with a reason', () => {
    const talk = packetsOf([
      client(hello, ask(1), ask(3)),
      server(
        settings,
        frame('headers', 1, block({ ':status': '200' }), 4),
        frame('data', 1, 'x'.repeat(500), 0, 100_000),
      ),
      server(Buffer.alloc(2000, 'y')),
      server(Buffer.alloc(1460, 'z')),
      server(Buffer.alloc(5000, 'v')),
    ]);
    const lost = talk.filter((packet) => packet.payload.includes('zzz')).length;
    assert.equal(lost, 1);
    // More is lost than the frame could hold, as far as sequence numbers tell.
    const kept = talk.map((packet) => packet).filter((packet) => !packet.payload.includes('zzz'));
    const { records } = sense(kept);
    assert.deepEqual(
      records.map(({ pairing, unpaired, truncated }) => [pairing, unpaired, truncated]),
      [
        ['paired', undefined, true],
        ['no-response', 'gap', false],
      ],
    );
  });
});

test('ids agree in what was captured whole', () => {
  const { records } = sense(packetsOf(visited));
  assert.equal(records.length, 24);
  for (const record of records) assert.equal(idOf(record, 'request'), idOf(record, 'response'));
});
