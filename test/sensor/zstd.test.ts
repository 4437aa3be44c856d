import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentWindow, ZstdDecoder } from '../../sensor/zstd.ts';
import { cutUp, numbers } from './sample-text.ts';
import { zstdSamples } from './zstd-samples.ts';

interface Outcome {
  readonly plain: Buffer;
  readonly failure: string | null;
  readonly complete: boolean;
}

function decode(pieces: readonly Uint8Array[], maxWindow = contentWindow): Outcome {
  const decoder = new ZstdDecoder(maxWindow);
  const chunks: Buffer[] = [];
  let failure: string | null = null;
  for (const piece of pieces) failure ??= decoder.push(piece, (chunk) => chunks.push(Buffer.from(chunk)));
  const { complete } = decoder;
  decoder.close();
  return { plain: Buffer.concat(chunks), failure, complete };
}

/** A frame with a window descriptor and no content size. */
function frame(descriptor: number, ...blocks: readonly number[][]): Buffer {
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, ...blocks.flat()]);
}

function block(last: boolean, type: 0 | 1 | 2 | 3, size: number, body: readonly number[]): number[] {
  const header = (last ? 1 : 0) | (type << 1) | (size << 3);
  return [header & 255, (header >> 8) & 255, header >> 16, ...body];
}

for (const { name, plain, coded } of zstdSamples) {
  test(`a frame of the reference encoder, cut anywhere: ${name}`, () => {
    for (const largest of [1, 3, 50, 5000]) {
      const { failure, complete, ...got } = decode(cutUp(coded, largest, largest));
      assert.deepEqual([failure, complete], [null, true]);
      assert.ok(got.plain.equals(plain));
    }
  });
}

test('frames follow one another, skippable ones carry nothing, what is no frame ends the data', () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const { plain, coded } = zstdSamples[3]!;
  const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  const all = Buffer.concat([skippable, coded, empty, coded, skippable]);
  const twice = Buffer.concat([plain, plain]);
  for (const largest of [1, 7, 9999]) assert.ok(decode(cutUp(all, 5, largest)).plain.equals(twice));
  const stray = decode([Buffer.concat([coded, Buffer.from('\r\n\r\nstray')])]);
  assert.ok(stray.complete && stray.failure === null && stray.plain.equals(plain));
});

test('every cut end is noticed, and what came before it is delivered', () => {
  const { plain, coded } = zstdSamples.find((s) => s.name === 'several small blocks')!;
  let delivered = 0;
  for (let size = 0; size < coded.length; size += 13) {
    const got = decode([coded.subarray(0, size)]);
    assert.deepEqual([got.complete, got.failure], [false, null]);
    assert.ok(got.plain.equals(plain.subarray(0, got.plain.length)));
    assert.ok(got.plain.length >= delivered);
    delivered = got.plain.length;
  }
  assert.ok(delivered > plain.length / 2);
});

test('raw and repeated blocks', () => {
  const coded = frame(56, block(false, 0, 2, [65, 66]), block(false, 1, 5, [67]), block(true, 0, 0, []));
  assert.deepEqual(decode([coded]), { plain: Buffer.from('ABCCCCC'), failure: null, complete: true });
});

test('what is not Zstandard is refused', () => {
  const cases = [
    Buffer.from('{"a":1}'),
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 8, 56]), // reserved bit
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 56, 7]), // dictionary 7
    frame(56, block(true, 3, 1, [0])), // reserved block type
    frame(56, block(true, 1, 131073, [0])), // block above 128 KiB
    frame(0, block(true, 1, 1025, [0])), // block above the window
    frame(56, block(true, 2, 0, [])), // compressed block of nothing
  ];
  for (const bytes of cases) assert.equal(decode([bytes]).failure, 'corrupt', bytes.toString('hex'));
});

test('a window above the limit is refused before anything is allocated for it', () => {
  const eight = 13 << 3;
  const last = block(true, 1, 9, [65]);
  assert.equal(decode([frame(eight, last)]).failure, null);
  assert.equal(decode([frame(eight + 1, last)]).failure, 'bomb');
  assert.equal(decode([frame(eight + 1, last)], 2 * contentWindow).failure, null);
  assert.equal(decode([frame(255, last)]).failure, 'bomb');
  const single = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal(decode([single]).failure, 'bomb');
});

test('a block of twenty octets that asks for gigabytes of copying is refused', () => {
  // One literal, 65,279 sequences of one code each: the longest match there is, none of it backed by octets.
  const body = [1 | (1 << 3), 65, 255, 255, 127, 0b01010100, 0, 2, 52, 255, 255, 255, 255, 1];
  assert.equal(decode([frame(56, block(true, 2, body.length, body))]).failure, 'corrupt');
});

test('damaged frames never throw and never pass a block by more than its limit', () => {
  const next = numbers(77);
  let refused = 0;
  for (let round = 0; round < 4000; round++) {
    const { coded, plain } = zstdSamples[next() % zstdSamples.length]!;
    const damaged = Buffer.from(coded.subarray(0, 2000));
    for (let i = next() % 4; i >= 0; i--) damaged[next() % damaged.length] = next() & 255;
    const got = decode([damaged]);
    if (got.failure !== null) refused++;
    assert.ok(got.plain.length <= Math.max(plain.length, 131072) * 64);
  }
  assert.ok(refused > 1000);
});
