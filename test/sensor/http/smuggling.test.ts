/** Messages that two readers may frame differently: each shape has its name, however the octets are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultHttpLimits } from '../../../sensor/http/limits.ts';
import { MessageParser } from '../../../sensor/http/message-parser.ts';
import type { MessageKind } from '../../../sensor/http/parser-base.ts';

function weirdsOf(kind: MessageKind, text: string, pieces: number): string[] {
  const weird = new Set<string>();
  const parser = new MessageParser(
    kind,
    {
      messageBegin() {},
      messageHead: () => true,
      messageBody() {},
      messageEnd: () => false,
      messageWeird: (_, name) => void weird.add(name),
    },
    defaultHttpLimits.message,
  );
  const data = Buffer.from(text, 'latin1');
  const step = Math.ceil(data.length / pieces);
  for (let at = 0, end = step; at < data.length; end = Math.min(end + step, data.length)) {
    while (at < Math.min(end, data.length)) {
      at = parser.read(data, at, Math.min(end, data.length));
      if (parser.failed) return [...weird].sort();
    }
  }
  return [...weird].sort();
}

const post = (...fields: readonly string[]) =>
  `POST / HTTP/1.1\r\nHost: x\r\n${fields.map((f) => `${f}\r\n`).join('')}\r\n`;
const chunked = 'Transfer-Encoding: chunked';
const body = '0\r\n\r\n';

const shapes: readonly (readonly [what: string, text: string, ...names: readonly string[]])[] = [
  ['nothing odd', `${post('Content-Length: 3')}abc`],
  ['chunked as it should be', `${post(chunked)}3\r\nabc\r\n${body}`],
  ['an extension as it should be', `${post(chunked)}3;name=value;other="a b"\r\nabc\r\n${body}`],
  ['CL.TE, TE.CL', post('Content-Length: 6', chunked) + body, 'http_length_and_chunked'],
  [
    'TE.TE: a coding that is unknown behind it',
    post(chunked, 'Transfer-Encoding: x'),
    'http_chunked_not_last',
    'http_transfer_coding_unknown',
  ],
  ['TE.TE: identity behind it', post('Transfer-Encoding: chunked, identity'), 'http_chunked_not_last'],
  ['TE.TE: twice', post(chunked, chunked) + body, 'http_chunked_repeated'],
  [
    'xchunked',
    post('Transfer-Encoding: xchunked', 'Content-Length: 0'),
    'http_chunked_disguised',
    'http_transfer_coding_unknown',
  ],
  ['quoted', post('Transfer-Encoding: "chunked"'), 'http_chunked_disguised', 'http_transfer_coding_unknown'],
  ['a vertical tab before it', post('Transfer-Encoding: \x0bchunked') + body, 'http_chunked_disguised'],
  ['white space before the colon', post('Transfer-Encoding : chunked') + body, 'http_space_before_colon'],
  ['folded', post('Transfer-Encoding:\r\n chunked') + body, 'http_header_folded'],
  ['a bare CR in a field', post('X: a\rTransfer-Encoding: chunked'), 'http_bare_cr'],
  ['a bare CR in the target', 'GET /a\rb HTTP/1.1\r\nHost: x\r\n\r\n', 'http_bare_cr'],
  ['NUL in a field', post('X: a\0b'), 'http_nul_in_head'],
  ['a bare LF', 'GET / HTTP/1.1\nHost: x\n\n', 'http_bare_lf'],
  [
    'lengths that differ',
    `${post('Content-Length: 3', 'Content-Length: 5')}abc`,
    'http_content_length_conflict',
    'http_content_length_repeated',
  ],
  ['lengths that agree', `${post('Content-Length: 3', 'Content-Length: 3')}abc`, 'http_content_length_repeated'],
  ['a list of lengths', `${post('Content-Length: 3, 3')}abc`, 'http_content_length_repeated'],
  ['a length with a sign', post('Content-Length: +3'), 'http_content_length_invalid'],
  ['two hosts', post('Host: y'), 'http_host_conflict'],
  ['HTTP/1.0', `POST / HTTP/1.0\r\n${chunked}\r\n\r\n${body}`, 'http_chunked_in_old_version'],
  ['a blank behind the size', `${post(chunked)}3 \r\nabc\r\n${body}`, 'http_chunk_size_padded'],
  ['many zeros', `${post(chunked)}000000003\r\nabc\r\n${body}`, 'http_chunk_size_padded'],
  ['a size in C', `${post(chunked)}0x3\r\nabc\r\n${body}`, 'http_bad_chunk_size'],
  ['a long extension', `${post(chunked)}3;a=${'b'.repeat(300)}\r\nabc\r\n${body}`, 'http_chunk_extension_odd'],
  ['an extension of no name', `${post(chunked)}3;\r\nabc\r\n${body}`, 'http_chunk_extension_odd'],
  ['a bare CR in an extension', `${post(chunked)}3;a\rb\r\nabc\r\n${body}`, 'http_chunk_extension_odd'],
  ['a bare LF behind an extension', `${post(chunked)}3;a\nabc\r\n${body}`, 'http_bare_lf'],
  ['a bare LF behind a size', `${post(chunked)}3\nabc\r\n${body}`, 'http_bare_lf'],
];

for (const [what, text, ...names] of shapes) {
  test(what, () => {
    // A head in one piece and one in parts take different ways.
    for (const pieces of [1, 2, 3, 7, text.length]) {
      assert.deepEqual(weirdsOf('REQUEST', text, pieces), [...names].sort(), `${pieces} pieces`);
    }
  });
}
