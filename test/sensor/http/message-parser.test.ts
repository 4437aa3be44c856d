import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { hexNumber } from '../../../sensor/http/head.ts';
import { defaultHttpLimits } from '../../../sensor/http/limits.ts';
import { MessageParser } from '../../../sensor/http/message-parser.ts';
import type { MessageKind } from '../../../sensor/http/parser-base.ts';

/** What the parser says of octets that come in the pieces `cuts` makes of them. */
function read(kind: MessageKind, text: string, cuts: readonly number[] = [], hasContent = true): string[] {
  const said: string[] = [];
  let body = '';
  const parser = new MessageParser(
    kind,
    {
      messageBegin: () => void said.push('begin'),
      messageHead: (p) => {
        const line =
          kind === 'REQUEST' ? `${p.method} ${p.target} ${p.httpVersion}` : `${p.status} ${p.reason} ${p.httpVersion}`;
        said.push(
          `head ${line} | ${p.headers.join('|')} | ${p.fields.framing} ${p.fields.transferCoding} ${p.headBytes}`,
        );
        return hasContent;
      },
      messageBody: (_p, data, start, end) => {
        body += data.toString('latin1', start, end);
      },
      messageEnd: (p) => {
        said.push(`body ${body}`, `end ${p.trailers.join('|')}`);
        body = '';
        return false;
      },
      messageWeird: (_p, name) => void said.push(name),
    },
    defaultHttpLimits.message,
  );
  const data = Buffer.from(`##${text}##`, 'latin1');
  let at = 2;
  for (const cut of [...cuts, text.length]) {
    const end = 2 + cut;
    while (at < end) {
      at = parser.read(data, at, end);
      if (!parser.failed) continue;
      said.push(`failed at ${at - 2}`);
      return said;
    }
  }
  parser.endOfStream();
  if (body !== '') said.push(`body ${body}`);
  return said;
}

const messages: readonly (readonly [MessageKind, string])[] = [
  ['REQUEST', 'GET /a?b=c HTTP/1.1\r\nHost: x\r\nA:\tb \r\nEmpty:\r\n\r\nGET /2 HTTP/1.0\r\n\r\n'],
  ['REQUEST', '\r\n\r\nPOST / HTTP/1.1\nContent-Length: 3\n\nabc\r\nGET /b HTTP/1.1\r\nMix: 1\n\r\n'],
  [
    'REQUEST',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;a=b\r\nabc\r\n 1 \r\nd\r\n0\r\nT: 1\r\nU: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  ],
  ['REQUEST', 'GET /a b c HTTP/1.1\r\nX: 1\r\n folded\r\n\tmore\r\nno colon\r\n: no name\r\nName : space\r\n\r\n'],
  ['REQUEST', 'GET /simple\r\n\r\nrest'],
  ['REQUEST', 'MKCALENDAR /x HTTP/1.1\r\n\r\nget /lower HTTP/1.1\r\n\r\n'],
  ['REQUEST', 'GET / HTTP/1.1\r\nContent-Length: 2, 2\r\nContent-Length: 3\r\nContent-Length: -1\r\n\r\nok'],
  ['REQUEST', 'POST / HTTP/1.1\r\nContent-Length: 90\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404\r\nContent-Length: 0\r\n\r\n'],
  ['RESPONSE', 'HTTP/1.0 200 Fine then\r\nX: y\r\n\r\nuntil the close\r\n\r\nHTTP/1.1 200 OK'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzzz'],
  ['RESPONSE', 'HTTP/1.1  200  two spaces\r\n\r\n'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFfFf\r\n'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nrest'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokXX\r\n'],
  ['RESPONSE', 'no response at all\r\n\r\n'],
  [
    'RESPONSE',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0A\r\n0123456789\r\n0000002\r\nok\r\n00000001\r\n!\r\n0\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  ],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\nT: 1\n\nHTTP/1.1 20x\r\n\r\n'],
  ['RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n'],
  ['RESPONSE', 'HTTP/1.1 2:0 OK\r\n\r\n'],
  ['REQUEST', 'GETX / HTTP/1.1\r\n\r\nGET  HTTP/1.1\r\n\r\nHEAD /\xe9 HTTP/1.1\r\nA: b\r\n\r\nPATCH * HTTP/1.1\n\n'],
  ['REQUEST', '\x00\x01\r\n\r\n'],
  ['REQUEST', 'GET / constructor\r\n\r\n'],
];

test('a head is read as RFC 9112 says', () => {
  assert.deepEqual(read(...messages[0]!), [
    'begin',
    'head GET /a?b=c 1.1 | Host|x|A|b|Empty| | none  47',
    'body ',
    'end ',
    'begin',
    'head GET /2 1.0 |  | none  19',
    'body ',
    'end ',
  ]);
});

test('chunks, their extensions, trailers, and codings below chunked', () => {
  assert.deepEqual(read(...messages[2]!).slice(0, 5), [
    'begin',
    'head PUT / 1.1 | Transfer-Encoding|gzip, chunked | chunked gzip 52',
    'http_chunk_size_padded',
    'body abcd',
    'end T|1|U|2',
  ]);
});

test('what servers accept is read and named', () => {
  assert.deepEqual(read(...messages[1]!), [
    'begin',
    'http_bare_lf',
    'head POST / 1.1 | Content-Length|3 | length  35',
    'body abc',
    'end ',
    'begin',
    'head GET /b 1.1 | Mix|1 | none  26',
    'body ',
    'end ',
  ]);
  assert.deepEqual(read(...messages[3]!), [
    'begin',
    'http_target_with_spaces',
    'http_header_folded',
    'http_header_folded',
    'http_bad_header',
    'http_bad_header',
    'http_space_before_colon',
    'head GET /a b c 1.1 | X|1 folded more|Name|space | none  80',
    'body ',
    'end ',
  ]);
  assert.ok(read(...messages[4]!).includes('http_missing_version'));
  assert.deepEqual(read(...messages[6]!).slice(1, 7), [
    'http_content_length_repeated',
    'http_content_length_repeated',
    'http_content_length_conflict',
    'http_content_length_repeated',
    'http_content_length_invalid',
    'head GET / 1.1 | Content-Length|2, 2|Content-Length|3|Content-Length|-1 | length  79',
  ]);
  assert.ok(read(...messages[7]!).includes('http_length_and_chunked'));
  assert.ok(read(...messages[11]!).includes('http_transfer_coding_unknown'));
});

test('a message that cannot be read on fails with a name and the offset behind what broke it', () => {
  assert.deepEqual(read(...messages[14]!).slice(-2), ['http_bad_chunk_size', 'failed at 52']);
  assert.deepEqual(read(...messages[15]!).slice(-2), ['http_bad_chunk_end', 'failed at 56']);
  assert.deepEqual(read(...messages[16]!).slice(0, 2), ['begin', 'http_bad_start_line']);
});

test('a version is one of digits, whatever word stands in its place', () => {
  for (const word of ['constructor', '__proto__', 'toString', 'HTTP/1.x', 'HTTP/11', 'HTTP/']) {
    const said = read('REQUEST', `GET / ${word}\r\n\r\n`).join();
    assert.ok(!said.includes('head') || /head GET \S.* 0\.9 /.test(said), said);
  }
});

test('the result does not depend on how the octets are cut', () => {
  const random = new Random(3);
  for (const [kind, text] of messages) {
    const whole = read(kind, text);
    // Where a message breaks tells how much of it was at hand; that it breaks, and how, does not depend on it.
    const same = (said: string[]): string[] => said.map((line) => (line.startsWith('failed') ? 'failed' : line));
    const label = JSON.stringify(text);
    for (let cut = 1; cut < text.length; cut++) assert.deepEqual(same(read(kind, text, [cut])), same(whole), label);
    const each = Array.from({ length: text.length }, (_, i) => i);
    assert.deepEqual(same(read(kind, text, each)), same(whole), label);
    for (let i = 0; i < 50; i++) {
      const cuts = each.filter(() => random.chance(0.2));
      assert.deepEqual(same(read(kind, text, cuts)), same(whole), label);
    }
  }
});

test('a gap is bridged by what frames the content, and by nothing else', () => {
  const parserAfter = (kind: MessageKind, text: string): MessageParser => {
    const parser = new MessageParser(
      kind,
      { messageBegin() {}, messageHead: () => true, messageBody() {}, messageEnd: () => false, messageWeird() {} },
      defaultHttpLimits.message,
    );
    const data = Buffer.from(text);
    parser.read(data, 0, data.length);
    return parser;
  };
  const sized = parserAfter('RESPONSE', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
  assert.deepEqual([sized.bridges(7), sized.bridges(8), sized.between], [true, false, false]);
  sized.skip(7);
  assert.equal(sized.between, true);
  const chunk = parserAfter('RESPONSE', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab');
  assert.deepEqual([chunk.bridges(3), chunk.bridges(4)], [true, false]);
  assert.equal(parserAfter('RESPONSE', 'HTTP/1.0 200 OK\r\n\r\nabc').bridges(1e9), true);
  for (const head of ['', 'GET', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nA: b\r\n']) {
    assert.equal(parserAfter('REQUEST', head).bridges(1), false, head);
  }
});

test('hex digits are a number, and nothing else is', () => {
  for (let octet = 0; octet < 256; octet++) {
    const text = Buffer.from([octet]);
    const digit = /[0-9A-Fa-f]/.test(text.toString('latin1')) ? Number.parseInt(text.toString('latin1'), 16) : -1;
    assert.equal(hexNumber(text, 0, 1), digit, `octet ${octet}`);
  }
  const text = Buffer.from('x0fFa9z');
  assert.deepEqual([hexNumber(text, 1, 6), hexNumber(text, 1, 7), hexNumber(text, 3, 3)], [0xffa9, -1, -1]);
});
