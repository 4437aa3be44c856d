import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, constants, createBrotliCompress, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type Coding, DecodeError, type DecodeFailure, decodeWhole, openDecoder } from '../../sensor/decompress.ts';
import { cutUp, numbers, sampleText } from './sample-text.ts';
import { zstdSamples } from './zstd-samples.ts';

const plenty = 1024 ** 3;

interface Outcome {
  readonly plain: Buffer;
  readonly failure: DecodeFailure | null;
}

function decode(coding: Coding, pieces: readonly Uint8Array[], maxOutput = plenty): Outcome {
  const chunks: Buffer[] = [];
  const sink = (chunk: Uint8Array): void => void chunks.push(Buffer.from(chunk));
  const decoder = openDecoder(coding, { maxOutput });
  let failure: DecodeFailure | null = null;
  try {
    for (const piece of pieces) decoder.push(piece, sink);
    decoder.end(sink);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    failure = error.code;
  }
  decoder.close();
  decoder.close();
  return { plain: Buffer.concat(chunks), failure };
}

const encoders: readonly (readonly [string, Coding, (plain: Buffer) => Buffer])[] = [
  ['gzip', 'gzip', (plain) => gzipSync(plain)],
  ['deflate in zlib', 'deflate', (plain) => deflateSync(plain)],
  ['bare deflate', 'deflate', (plain) => deflateRawSync(plain)],
  ['stored deflate', 'deflate', (plain) => deflateRawSync(plain, { level: 0 })],
  ['brotli', 'br', (plain) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })],
];
const plains = [0, 1, 100, 4096, 70_000, 900_000].map((size) => sampleText(size, size + 1));

for (const [name, coding, encode] of encoders) {
  test(`${name}: the same octets however they are cut, streamed or whole`, () => {
    for (const plain of plains) {
      const coded = encode(plain);
      for (const largest of [1, 100, 5000, 1 << 20]) {
        if (coded.length / largest > 20_000) continue;
        const got = decode(coding, cutUp(coded, largest, largest));
        assert.equal(got.failure, null);
        assert.ok(got.plain.equals(plain));
      }
      assert.ok(plain.equals(decodeWhole(coding, coded, plenty)));
    }
  });

  test(`${name}: a cut end is told, and what came before it is delivered`, () => {
    const plain = sampleText(60_000, 3);
    const coded = encode(plain);
    for (const size of [1, 5, 30, coded.length >> 1, coded.length - 9, coded.length - 1]) {
      const got = decode(coding, cutUp(coded.subarray(0, size), 1, 3000));
      assert.equal(got.failure, 'cut', `at ${size} of ${coded.length}`);
      assert.ok(got.plain.equals(plain.subarray(0, got.plain.length)));
      if (size > coded.length - 10) assert.ok(got.plain.length > plain.length - 100);
    }
  });

  test(`${name}: octets after the end are ignored`, () => {
    const plain = sampleText(9000, 4);
    const coded = Buffer.concat([encode(plain), Buffer.from('\r\n\x00\x00 stray')]);
    for (const largest of [1, 9999]) {
      const got = decode(coding, cutUp(coded, 2, largest));
      assert.equal(got.failure, null);
      assert.ok(got.plain.equals(plain));
    }
  });
}

test('zstd is decoded through the same door', () => {
  for (const { plain, coded } of zstdSamples) {
    assert.ok(plain.equals(decodeWhole('zstd', coded, plenty)));
    assert.equal(decode('zstd', [coded.subarray(0, coded.length - 1)]).failure, 'cut');
    assert.equal(decode('zstd', [coded], plain.length - 1).failure, plain.length === 0 ? null : 'bomb');
  }
  assert.throws(() => decodeWhole('zstd', Buffer.from('text'), plenty), { code: 'corrupt' });
});

test('gzip: several members are one body, and header fields are passed over', () => {
  const one = sampleText(5000, 5);
  const two = sampleText(30, 6);
  const bare = gzipSync(two);
  // FEXTRA of 3 octets, FNAME, FCOMMENT, FHCRC.
  const fields = Buffer.from([3, 0, 9, 9, 9, 0x61, 0, 0x62, 0x63, 0, 0x12, 0x34]);
  const named = Buffer.concat([
    bare.subarray(0, 3),
    Buffer.from([0x1e]),
    bare.subarray(4, 10),
    fields,
    bare.subarray(10),
  ]);
  const coded = Buffer.concat([gzipSync(one), named, gzipSync(Buffer.alloc(0)), gzipSync(one)]);
  for (const largest of [1, 10, 9999]) {
    const got = decode('gzip', cutUp(coded, 3, largest));
    assert.equal(got.failure, null);
    assert.ok(got.plain.equals(Buffer.concat([one, two, one])));
  }
});

test('gzip: thousands of members of nothing', () => {
  const coded = Buffer.concat(Array.from({ length: 5000 }, () => gzipSync('')));
  assert.deepEqual(decode('gzip', [coded, gzipSync('x')]), { plain: Buffer.from('x'), failure: null });
});

test('gzip: a wrong check value is told after everything was delivered', () => {
  const plain = sampleText(5000, 7);
  const coded = gzipSync(plain);
  coded[coded.length - 6]! ^= 1;
  const got = decode('gzip', [coded]);
  assert.equal(got.failure, 'corrupt');
  assert.ok(got.plain.equals(plain));
});

test('gzip: the trailer alone is missing', () => {
  const plain = sampleText(5000, 8);
  const coded = gzipSync(plain);
  const got = decode('gzip', [coded.subarray(0, coded.length - 8)]);
  assert.equal(got.failure, 'cut');
  assert.ok(got.plain.equals(plain));
});

test('damage costs no more than the piece it is in', () => {
  const plain = Buffer.alloc(400_000);
  const next = numbers(9);
  for (let i = 0; i < plain.length; i++) plain[i] = 32 + (next() % 90);
  for (const [name, coding, encode] of encoders) {
    const coded = encode(plain);
    if (name === 'stored deflate') continue;
    // A run of ones is no code of any of them for long.
    coded.fill(255, coded.length >> 1, (coded.length >> 1) + 3000);
    const got = decode(coding, [coded]);
    assert.equal(got.failure, 'corrupt', name);
    let same = 0;
    while (same < got.plain.length && got.plain[same] === plain[same]) same++;
    assert.ok(same > plain.length * 0.45, `${name}: ${same} octets were right`);
  }
});

test('output stops exactly at the limit', () => {
  for (const [name, coding, encode] of encoders) {
    const plain = sampleText(200_000, 10);
    const coded = encode(plain);
    assert.equal(decode(coding, [coded], plain.length).failure, null, name);
    const got = decode(coding, [coded], 77_777);
    assert.deepEqual([got.failure, got.plain.length], ['bomb', 77_777], name);
    assert.throws(() => decodeWhole(coding, coded, 77_777), { code: 'bomb' });
    assert.throws(() => decodeWhole(coding, coded.subarray(0, 500), plenty), { code: 'cut' });
  }
});

/** Decodes a bomb without keeping it; tells what came out and how much memory grew, octets. */
function defuse(coding: Coding, coded: Buffer, maxOutput: number): { size: number; failure: string; grown: number } {
  const before = process.memoryUsage().rss;
  let size = 0;
  let failure = '';
  let most = before;
  const decoder = openDecoder(coding, { maxOutput });
  const sink = (chunk: Uint8Array): void => {
    size += chunk.length;
    if ((size & 0xfffff) < chunk.length) most = Math.max(most, process.memoryUsage().rss);
  };
  try {
    decoder.push(coded, sink);
    decoder.end(sink);
  } catch (error) {
    failure = (error as DecodeError).code;
  }
  decoder.close();
  return { size, failure, grown: Math.max(most, process.memoryUsage().rss) - before };
}

const bound = 400 * 1024 * 1024;

test('a gzip bomb of a gibibyte: bounded memory, and it ends at the limit', () => {
  // 16 MiB of zeros flushed to an octet boundary can be repeated: the next segment's distances reach into zeros too.
  const segment = deflateRawSync(Buffer.alloc(16 << 20), { finishFlush: constants.Z_SYNC_FLUSH });
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const coded = Buffer.concat([header, ...Array.from({ length: 64 }, () => segment), Buffer.from([3, 0])]);
  const whole = defuse('gzip', coded, 2 * plenty);
  assert.deepEqual([whole.size, whole.failure], [plenty, 'cut']);
  assert.ok(whole.grown < bound, `${whole.grown}`);
  const limited = defuse('gzip', coded, 50_000_000);
  assert.deepEqual([limited.size, limited.failure], [50_000_000, 'bomb']);
});

test('a brotli bomb of a gibibyte: bounded memory', async () => {
  const chunks: Buffer[] = [];
  const encoder = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
  const zeros = Buffer.alloc(16 << 20);
  for (let i = 0; i < 64; i++) await new Promise<void>((resolve) => encoder.write(zeros, () => resolve()));
  await new Promise<void>((resolve) => encoder.on('end', () => resolve()).end());
  const coded = Buffer.concat(chunks);
  assert.ok(coded.length < 100_000);
  const got = defuse('br', coded, 256 << 20);
  assert.equal(got.failure, 'bomb');
  assert.ok(got.size <= 256 << 20);
  assert.ok(got.grown < bound, `${got.grown}`);
});

test('a zstd bomb: four octets a block', () => {
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3];
  const size = 131072;
  const one = [((size << 3) | 2) & 255, ((size << 3) >> 8) & 255, (size << 3) >> 16, 0];
  const coded = Buffer.from([...header, ...Array.from({ length: 8192 }, () => one).flat()]);
  const got = defuse('zstd', coded, 256 << 20);
  assert.deepEqual([got.size, got.failure], [256 << 20, 'bomb']);
  assert.ok(got.grown < bound, `${got.grown}`);
});

test('closed decoders leave no memory behind', () => {
  const coded = new Map<Coding, Buffer>([
    ['gzip', gzipSync('abc').subarray(0, 12)],
    ['deflate', deflateSync('abc').subarray(0, 6)],
    ['br', brotliCompressSync('abc').subarray(0, 3)],
  ]);
  const open = (count: number): void => {
    for (let i = 0; i < count; i++) {
      for (const [coding, bytes] of coded) {
        const decoder = openDecoder(coding, { maxOutput: plenty });
        decoder.push(bytes, () => {});
        decoder.close();
      }
    }
  };
  open(1000);
  const before = process.memoryUsage().rss;
  open(6000);
  // A native inflate state alone is 40 KiB: 18,000 of them left open are 700 MiB.
  assert.ok(process.memoryUsage().rss - before < 250 * 1024 * 1024);
});

test('random and damaged octets: only DecodeError, and no more than the limit', () => {
  const next = numbers(11);
  const sources = encoders.map(([, coding, encode]) => [coding, encode(sampleText(3000, 12))] as const);
  for (let round = 0; round < 3000; round++) {
    const [coding, sound] = sources[next() % sources.length]!;
    const bytes = Buffer.from(sound);
    for (let i = next() % 5; i >= 0; i--) bytes[next() % bytes.length] = next() & 255;
    const got = decode(coding, [bytes.subarray(next() % 3)], 100_000);
    assert.ok(got.plain.length <= 100_000);
  }
});
