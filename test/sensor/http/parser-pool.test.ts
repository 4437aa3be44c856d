import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultHttpLimits } from '../../../sensor/http/limits.ts';
import type { MessageHandler } from '../../../sensor/http/message-handler.ts';
import type { MessageParser } from '../../../sensor/http/message-parser.ts';
import { ParserPool } from '../../../sensor/http/parser-pool.ts';

/** Writes down the heads, content and ends it is told of. */
class Listener implements MessageHandler<MessageParser> {
  readonly said: string[] = [];
  messageBegin(): void {}
  messageHead({ method, target, httpVersion, status, reason, headers, fields }: MessageParser): boolean {
    const line = `${method} ${target} ${httpVersion} ${status} ${reason}`.trim();
    this.said.push(`${line} | ${headers.join(' ')} | ${fields.framing} ${fields.contentCoding}${fields.contentType}`);
    return true;
  }
  messageBody(_parser: MessageParser, data: Buffer, start: number, end: number): void {
    this.said.push(data.toString('latin1', start, end));
  }
  messageEnd({ trailers }: MessageParser): boolean {
    this.said.push(`end ${trailers.join(' ')}`);
    return false;
  }
  messageWeird(_parser: MessageParser, name: string): void {
    this.said.push(name);
  }
}

function read(parser: MessageParser, text: string): void {
  const data = Buffer.from(text, 'latin1');
  parser.read(data, 0, data.length);
}

test('a parser that is given back is the next one taken, and tells whoever took it', () => {
  const pool = new ParserPool(defaultHttpLimits.message);
  const one = new Listener();
  const two = new Listener();
  const first = pool.take('REQUEST', one);
  read(first, 'GET /one HTTP/1.1\r\nA: b\r\n\r\n');
  pool.give(first);
  const second = pool.take('REQUEST', two);
  assert.equal(second, first);
  assert.notEqual(pool.take('REQUEST', one), second);
  assert.notEqual(pool.take('RESPONSE', one), second);
  read(second, 'GET /two HTTP/1.1\r\n\r\n');
  assert.deepEqual(one.said, ['GET /one 1.1 0 | A b | none ', 'end ']);
  assert.deepEqual(two.said, ['GET /two 1.1 0 |  | none ', 'end ']);
});

test('wherever a message is left, nothing of it is in the next one', () => {
  const message =
    'HTTP/1.0 404 Gone away\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '5;x=y\r\n01234\r\n0\r\nTrailer: 1\r\n\r\n';
  const next = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  for (let length = 0; length <= message.length; length++) {
    const pool = new ParserPool(defaultHttpLimits.message);
    const left = pool.take('RESPONSE', new Listener());
    left.acceptOddLine = true;
    read(left, message.slice(0, length));
    pool.give(left);
    const listener = new Listener();
    const parser = pool.take('RESPONSE', listener);
    assert.equal(parser, left);
    assert.deepEqual([parser.between, parser.inHead, parser.acceptOddLine], [true, false, false], `cut at ${length}`);
    read(parser, next);
    assert.deepEqual(listener.said, ['1.1 200 OK | Content-Length 2 | length ', 'ok', 'end '], `cut at ${length}`);
    pool.give(parser);
    const simple = pool.take('RESPONSE', listener);
    simple.beginSimpleResponse(0);
    read(simple, 'old');
    simple.endOfStream();
    assert.deepEqual(listener.said.slice(3), ['0.9 0 |  | close ', 'old', 'end '], `cut at ${length}`);
  }
});

test('no more parsers rest than there is a use for', () => {
  const pool = new ParserPool(defaultHttpLimits.message);
  const taken = Array.from({ length: 1000 }, () => pool.take('REQUEST', new Listener()));
  for (const parser of taken) pool.give(parser);
  const again = new Set(Array.from({ length: 1000 }, () => pool.take('REQUEST', new Listener())));
  assert.equal(again.size, 1000);
  assert.equal(taken.filter((parser) => again.has(parser)).length, 64);
});
