/** HTTP/2 as node's own client and server speak it, and by hand where they would not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import http2 from 'node:http2';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Random } from '../../../../deploy/traffic/random.ts';
import { essence, sense } from '../../sense.ts';
import { summary } from '../exchange-of.ts';
import { answer, ask, block, frame, hello, settings } from './made-frames.ts';
import { client, packetsOf, recordSession, request, type Said, server } from './recorded.ts';

const big = 'x'.repeat(40_000);

/** A server that shows what there is: trailers, interim responses, pushes, resets, large heads, padding. */
function shop(): http2.Http2Server {
  const made = http2.createServer({ paddingStrategy: http2.constants.PADDING_STRATEGY_MAX });
  made.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const path = headers[':path'] ?? '';
    let body = '';
    stream.setEncoding('latin1');
    stream.on('data', (part) => {
      body += part;
    });
    stream.on('end', () => {
      if (path === '/trailers') {
        stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
        stream.end('with trailers');
      } else if (path === '/early') {
        stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
        stream.respond({ ':status': 200, 'content-type': 'text/plain' });
        stream.end('late');
      } else if (path === '/push') {
        stream.pushStream({ ':path': '/pushed.css' }, (error, pushed) => {
          assert.equal(error, null);
          pushed.respond({ ':status': 200, 'content-type': 'text/css' });
          pushed.end('a{}');
          stream.respond({ ':status': 200, 'content-type': 'text/plain' });
          stream.end('pushes');
        });
      } else if (path === '/reset') {
        stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      } else if (path === '/gzip') {
        stream.respond({ ':status': 200, 'content-type': 'text/plain', 'content-encoding': 'gzip' });
        stream.end(gzipSync(`zipped ${body}`));
      } else if (path === '/head') {
        stream.respond({ ':status': 200, 'content-length': '1234' }, { endStream: true });
      } else if (path === '/large-head') {
        stream.respond({ ':status': 200, 'content-type': 'text/plain', 'x-large': big });
        stream.end('large');
      } else {
        stream.respond({ ':status': 200, 'content-type': 'text/plain', 'x-id': path });
        stream.end(`${path} ${body}`);
      }
    });
    stream.resume();
  });
  return made;
}

async function visit(): Promise<readonly Said[]> {
  return recordSession(
    shop(),
    async (session) => {
      session.on('stream', (pushed) => pushed.resume());
      await request(session, { headers: { ':path': '/one', cookie: ['a=1', 'b=2'], 'x-thing': 'caf\u00e9' } });
      await Promise.all(
        ['/two', '/three', '/four'].map((path) =>
          request(session, { headers: { ':path': path, ':method': 'POST' }, body: `body of ${path} ${big}` }),
        ),
      );
      await request(session, { headers: { ':path': '/trailers' } });
      await request(session, { headers: { ':path': '/early' } });
      await request(session, { headers: { ':path': '/push' } });
      await request(session, { headers: { ':path': '/reset' } });
      await request(session, { headers: { ':path': '/gzip', ':method': 'POST' }, body: 'again' });
      await request(session, { headers: { ':path': '/head', ':method': 'HEAD' } });
      await request(session, { headers: { ':path': '/large-head', 'x-mine': big } });
      await request(session, { headers: { ':path': '/one' } });
    },
    { paddingStrategy: http2.constants.PADDING_STRATEGY_MAX, maxHeaderListPairs: 200, settings: { enablePush: true } },
  );
}

const visited = await visit();

describe('node:http2 speaks', () => {
  const { records, weird, count } = sense(packetsOf(visited));
  const of = (target: string) => records.filter((record) => record.request?.target === target);

  test('every exchange is told once, with its body', () => {
    const expected = [
      '/one',
      '/two',
      '/three',
      '/four',
      '/trailers',
      '/early',
      '/push',
      '/pushed.css',
      '/reset',
      '/gzip',
    ];
    const targets = records.map((record) => record.request?.target ?? '-');
    assert.deepEqual(targets.sort(), [...expected, '/head', '/large-head', '/one'].sort());
    for (const path of ['/two', '/three', '/four']) {
      const [record] = of(path);
      assert.equal(record?.request?.body.text, `body of ${path} ${big}`);
      assert.equal(record?.response?.body.text, `${path} body of ${path} ${big}`);
    }
    assert.deepEqual(weird, ['http2_push']);
    assert.equal(count('bytesToParse'), count('messageBytes'));
  });

  test('pseudo-fields become what they mean, cookie crumbs one field', () => {
    const [{ request: asked, response, protocol }] = of('/one') as [(typeof records)[0]];
    assert.equal(protocol, 'http/2');
    assert.equal(asked!.method, 'GET');
    assert.match(asked!.host, /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(asked!.headers, [
      ['cookie', 'a=1; b=2'],
      ['x-thing', 'caf\u00e9'],
    ]);
    assert.equal(response!.status, 200);
    assert.ok(response!.headers.every(([name]) => !name.startsWith(':')));
  });

  test('interim responses, resets, gzip, HEAD, heads over several frames', () => {
    assert.deepEqual(of('/early')[0]?.interim, [103]);
    assert.deepEqual([of('/reset')[0]?.pairing, of('/reset')[0]?.unpaired], ['no-response', 'reset']);
    assert.deepEqual(of('/gzip')[0]?.response?.body.text, 'zipped again');
    assert.equal(of('/gzip')[0]?.response?.body.encoding, 'gzip');
    assert.deepEqual([of('/head')[0]?.response?.body.bytes, of('/head')[0]?.truncated], [0, false]);
    const [large] = of('/large-head');
    assert.equal(large?.request?.headers.find(([name]) => name === 'x-mine')?.[1], big);
    assert.equal(large?.response?.headers.find(([name]) => name === 'x-large')?.[1], big);
    assert.equal(of('/trailers')[0]?.response?.body.text, 'with trailers');
  });

  test('a pushed response has the request that its server made up', () => {
    const [pushed] = of('/pushed.css');
    assert.deepEqual(
      [pushed?.pairing, pushed?.request?.method, pushed?.response?.body.text, pushed?.weird],
      ['paired', 'GET', 'a{}', ['http2_push']],
    );
  });

  test('any segmentation gives the same exchanges', () => {
    const expected = essence(records);
    const random = new Random(9113);
    for (const mss of [1, 2, 3, 8, 9, 10, 23, 24, 25, 100, 1000, 9000, 65_000]) {
      const again = sense(packetsOf(visited, { mss }));
      assert.deepEqual(essence(again.records), expected, `mss ${mss}`);
    }
    for (let round = 0; round < 10; round++) {
      const cut: Said[] = [];
      for (const { from, octets } of visited) {
        for (let at = 0; at < octets.length; ) {
          const size = random.chance(0.3) ? random.between(1, 12) : random.between(1, 5000);
          cut.push({ from, octets: octets.subarray(at, at + size) });
          at += size;
        }
      }
      assert.deepEqual(essence(sense(packetsOf(cut)).records), expected, `round ${round}`);
    }
  });
});

describe('upgrade from HTTP/1.1 (RFC 7540 §3.2)', () => {
  const upgrade =
    'GET /up HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n';
  const switching = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  const first = Buffer.from(upgrade);

  test('the request is answered on stream 1, and others follow', () => {
    const talk = [
      client(first),
      server(switching, settings, answer(1, 'one')),
      client(hello, ask(3)),
      server(answer(3, 'three')),
    ];
    for (const mss of [1, 7, 24, 1460]) {
      const { records, count } = sense(packetsOf(talk, { mss }));
      assert.deepEqual(summary(records), ['GET /up → 200 «one» after 101', 'GET /3 → 200 «three»']);
      assert.deepEqual(
        records.map((record) => record.protocol),
        ['http/1.1', 'http/2'],
      );
      assert.equal(count('bytesToParse'), count('messageBytes'));
    }
  });

  test('the client may send its preface before the answer', () => {
    const { records } = sense(
      packetsOf([client(first, hello, ask(3)), server(switching, settings, answer(3), answer(1))]),
    );
    assert.deepEqual(summary(records), ['GET /up → 200 «1» after 101', 'GET /3 → 200 «3»']);
  });

  test('refused: HTTP/1.1 goes on', () => {
    const no = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno';
    const { records } = sense(
      packetsOf([client(first), server(Buffer.from(no)), client(first), server(Buffer.from(no))]),
    );
    assert.deepEqual(summary(records), ['GET /up → 200 «no»', 'GET /up → 200 «no»']);
  });

  test('an answer whose request was not seen stays alone', () => {
    const { records } = sense(
      packetsOf([server(switching, settings, answer(1, 'one')), client(hello)], { open: false }),
    );
    assert.deepEqual(
      records.map(({ response, pairing }) => `${response?.status} ${pairing}`),
      ['101 no-request', '200 no-request'],
    );
  });
});

describe('by hand', () => {
  const headers = (stream: number, fields: Record<string, string>, ...flags: ('endStream' | 'endHeaders')[]) =>
    frame('headers', stream, block(fields), ['endHeaders', ...flags]);

  test('CONNECT: what the tunnel carries is another protocol, and is counted as such', () => {
    const connects = headers(1, { ':method': 'CONNECT', ':authority': 'db.example:443' });
    const { records, count } = sense(
      packetsOf([
        client(hello, connects),
        server(settings, headers(1, { ':status': '200' })),
        client(frame('data', 1, 'secret')),
        server(frame('data', 1, 'answer'), ask(2)),
        client(frame('data', 1, 'more', ['endStream'])),
        server(frame('data', 1, '', ['endStream'])),
      ]),
    );
    assert.deepEqual(summary(records).slice(0, 1), ['CONNECT db.example:443 → 200']);
    assert.equal(count('switchedProtocolBytes'), 'secretanswermore'.length);
  });

  test('WebSocket over HTTP/2 (RFC 8441): asked for by its path, and not read', () => {
    const fields = {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':path': '/chat',
      ':authority': 'a.example',
    };
    const { records, count } = sense(
      packetsOf([
        client(hello, headers(1, fields)),
        server(settings, headers(1, { ':status': '200' })),
        client(frame('data', 1, 'frames', ['endStream'])),
      ]),
    );
    assert.deepEqual(summary(records), ['CONNECT /chat → 200']);
    assert.equal(records[0]?.request?.host, 'a.example');
    assert.equal(count('switchedProtocolBytes'), 'frames'.length);
  });

  test('an answer that was read before its request stays alone, and so does the request', () => {
    const { records } = sense(
      packetsOf([client(hello), server(settings, answer(1)), client(ask(1)), server(answer(3)), client(ask(3))]),
    );
    assert.deepEqual(summary(records).slice(0, 2), [
      '- → 200 «1» unsolicited http_response_without_request',
      'GET /1 → - gap',
    ]);
  });

  test('CONNECT refused: an exchange like others', () => {
    const connects = headers(1, { ':method': 'CONNECT', ':authority': 'db.example:443' }, 'endStream');
    const { records } = sense(packetsOf([client(hello, connects), server(settings, answer(1, 'no', '403'))]));
    assert.deepEqual(summary(records), ['CONNECT db.example:443 → 403 «no»']);
  });

  test('what GOAWAY leaves out is reset; what it lets through is answered', () => {
    const last = Buffer.alloc(8);
    last.writeUInt32BE(1, 0);
    const { records } = sense(
      packetsOf([client(hello, ask(1), ask(3)), server(settings, frame('goAway', 0, last), answer(1))]),
    );
    assert.deepEqual(summary(records), ['GET /1 → 200 «1»', 'GET /3 → - reset']);
  });

  test('a reset by the client: what still comes is late, and belongs to nobody else', () => {
    const { records, weird } = sense(
      packetsOf([
        client(hello, ask(1), ask(3)),
        server(settings),
        client(frame('reset', 1, '\0\0\0\x08')),
        server(answer(1, 'late'), answer(3)),
      ]),
    );
    assert.deepEqual(summary(records), ['GET /1 → - reset', 'GET /3 → 200 «3»']);
    assert.deepEqual(weird, ['http2_frame_on_closed_stream']);
  });

  test('answers in any order, their content mixed', () => {
    const { records } = sense(
      packetsOf([
        client(hello, ask(1), ask(3)),
        server(
          settings,
          headers(3, { ':status': '200', 'content-type': 'text/plain' }),
          headers(1, { ':status': '404', 'content-type': 'text/plain' }),
          frame('data', 3, 'th'),
          frame('data', 1, 'one'),
          frame('data', 3, 'ree', ['endStream']),
          frame('data', 1, '', ['endStream']),
        ),
      ]),
    );
    assert.deepEqual(summary(records), ['GET /1 → 404 «one»', 'GET /3 → 200 «three»']);
  });

  test('padding and priority in every place', () => {
    const fields = block({ ':method': 'GET', ':scheme': 'http', ':path': '/p', ':authority': 'a.example' });
    const padded = Buffer.concat([Buffer.of(5), Buffer.from('\x80\0\0\x03\x10', 'latin1'), fields, Buffer.alloc(5)]);
    const data = (size: number, text: string) =>
      Buffer.concat([Buffer.of(size), Buffer.from(text), Buffer.alloc(size)]);
    const talk = [
      client(hello, frame('headers', 1, padded, 0x2d), frame('priority', 1, '\0\0\0\0\x10')),
      server(
        settings,
        headers(1, { ':status': '200', 'content-type': 'text/plain' }),
        frame('data', 1, data(0, 'no '), ['padded']),
        frame('data', 1, data(7, 'padding'), ['padded']),
        frame('data', 1, data(200, ''), ['padded', 'endStream']),
      ),
    ];
    for (const mss of [1, 2, 3, 11, 1460]) {
      const { records } = sense(packetsOf(talk, { mss }));
      assert.deepEqual(summary(records), ['GET /p → 200 «no padding»']);
      assert.equal(records[0]!.response!.body.wireBytes, 10);
    }
  });

  test('an authority does not tell who asks', () => {
    const { records } = sense(
      packetsOf([client(hello, ask(1, '/', { ':authority': 'user:secret@a.example' })), server(settings, answer(1))]),
    );
    assert.equal(records[0]?.request?.host, 'a.example');
  });
});

test('HTTP/1 and HTTP/2 on one port of node: each is read as what it is', async () => {
  const plain = createServer((_, response) => response.end('one'));
  const { record } = await import('./recorded.ts');
  const said = await record(plain, async (port) => {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(hello));
      socket.on('data', () => socket.end());
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
    });
  });
  // A server of HTTP/1 refuses the preface in its own words.
  const { records, weird } = sense(packetsOf(said));
  assert.deepEqual(records, []);
  assert.deepEqual(weird, ['http2_bad_preface']);
});
