import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketMessages } from '../../../analyzer/leaves/media.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { read } from './collect.ts';

const events = { contentType: 'text/event-stream; charset=utf-8' };
const messages = { contentType: webSocketMessages };

function assertSameInPieces(content: string, how: { contentType: string }): void {
  const expected = read(content, how).lines;
  const octets = Buffer.from(content);
  for (let size = 1; size < octets.length; size++) {
    const pieces = Array.from({ length: Math.ceil(octets.length / size) }, (_, i) =>
      octets.subarray(i * size, (i + 1) * size),
    );
    assert.deepEqual(read(content, { ...how, pieces }).lines, expected, `in pieces of ${size}`);
  }
}

describe('event streams', () => {
  test('data is JSON or text, each event by itself', () => {
    const stream = [
      ': a comment\n\n',
      'event: delta\nid: 7\nretry: 1000\ndata: {"a":1}\n\n',
      'data:{"b":\ndata:2}\n\n',
      'data: mobile: 13800138000\n\n',
      'data: [DONE]\n\n',
      'database: no\nid: 99\n\n',
      'data: {"c":3}\r\n\r\ndata: "d"\r\rdata: last',
    ].join('');
    const got = read(stream, events);
    assert.deepEqual(got.lines, [
      ' {',
      'a = 1 (number)',
      ' }',
      ' {',
      'b = 2 (number)',
      ' }',
      'mobile = 13800138000',
      ' {',
      'c = 3 (number)',
      ' }',
      ' = d',
      ' = last',
    ]);
    assert.equal(got.whole, true);
    assertSameInPieces(stream, events);
  });

  test('an event that breaks costs itself alone', () => {
    const got = read('data: {"a":\n\ndata: {"b":2}\n\n', events);
    assert.deepEqual(got.lines, [' {', ' }', ' {', 'b = 2 (number)', ' }']);
    assert.equal(got.openRows, 0);
  });
});

describe('messages of a WebSocket', () => {
  test('a line each: JSON, what Socket.IO puts before it, text, numbers', () => {
    const lines = '{"a":1}\n42["chat",{"text":"hi"}]\n0{"sid":"x"}\nhello there\n12345\n\n{"cut":\r1}\n';
    assert.deepEqual(read(lines, messages).lines, [
      ' {',
      'a = 1 (number)',
      ' }',
      '[] = chat',
      '[] {',
      '[].text = hi',
      '[] }',
      ' {',
      'sid = x',
      ' }',
      ' = hello',
      ' = there',
      ' = 12345',
      ' {',
      'cut = 1 (number)',
      ' }',
    ]);
    assertSameInPieces(lines, messages);
  });

  test('any octets: no exception, rows that end', () => {
    const random = new Random(8);
    for (let round = 0; round < 2000; round++) {
      const text = random.text(random.below(80), '{}[]":,1a \n\rd\x00');
      for (const how of [events, messages]) assert.equal(read(text, how).openRows, 0);
    }
  });
});
