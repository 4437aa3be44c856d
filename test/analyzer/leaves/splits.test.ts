import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbers } from '../../sensor/sample-text.ts';
import { read } from './collect.ts';
import { samples } from './samples.ts';

test('any split of the content gives the same leaves', () => {
  const next = numbers(11);
  for (const { name, contentType, charset, bytes } of samples) {
    const whole = read(bytes, { contentType, charset });
    assert.ok(whole.lines.length > 2, name);
    const single = Array.from(bytes, (c) => Uint8Array.of(c));
    assert.deepEqual(
      read(bytes, { contentType, charset, pieces: single }).lines,
      whole.lines,
      `${name}, octet by octet`,
    );
    for (let round = 0; round < 150; round++) {
      const pieces = cut(bytes, next, 1 + (next() % 40));
      const got = read(bytes, { contentType, charset, pieces });
      assert.deepEqual(got.lines, whole.lines, `${name}, round ${round}`);
      assert.equal(got.whole, whole.whole, name);
      assert.deepEqual(got.counts, whole.counts, name);
    }
  }
});

test('10,000 mutated contents: nothing throws, rows are balanced, splits agree', () => {
  const next = numbers(12);
  const types = [...new Set(samples.map((sample) => sample.contentType)), ''];
  for (let round = 0; round < 10_000; round++) {
    const sample = samples[next() % samples.length]!;
    const bytes = mutate(sample.bytes, samples[next() % samples.length]!.bytes, next);
    const contentType = round % 4 === 0 ? types[next() % types.length]! : sample.contentType;
    const charset = round % 5 === 0 ? '' : sample.charset;
    const limits = { valueBytes: 16 + (next() % 40), depth: 1 + (next() % 8), leaves: 200, parts: 3, columns: 4 };
    const whole = read(bytes, { contentType, charset, limits });
    assert.equal(whole.openRows, 0, `round ${round}`);
    const got = read(bytes, { contentType, charset, limits, pieces: cut(bytes, next, 1 + (next() % 20)) });
    assert.deepEqual(got.lines, whole.lines, `round ${round}, ${contentType}: ${bytes.toString('latin1')}`);
    assert.deepEqual([got.whole, got.openRows], [whole.whole, 0], `round ${round}`);
    assert.deepEqual(got.counts, whole.counts, `round ${round}`);
  }
});

function cut(bytes: Uint8Array, next: () => number, largest: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = next() % (largest + 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function mutate(bytes: Uint8Array, other: Uint8Array, next: () => number): Buffer {
  let made = Buffer.from(bytes);
  for (let times = 1 + (next() % 4); times > 0; times--) {
    const at = next() % (made.length + 1);
    const to = at + (next() % 12);
    const from = next() % other.length;
    switch (next() % 5) {
      case 0:
        made[at] = next();
        break;
      case 1:
        made = Buffer.concat([made.subarray(0, at), made.subarray(to)]);
        break;
      case 2:
        made = Buffer.concat([made.subarray(0, at), other.subarray(from, from + (next() % 30)), made.subarray(at)]);
        break;
      case 3:
        made[at] = '"\\{}[]<>&=%;:,\r\n-]'.charCodeAt(next() % 18);
        break;
      default:
        made = made.subarray(0, at);
    }
  }
  return made;
}
