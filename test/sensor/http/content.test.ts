import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { Content, type ContentLimits, contentLimits } from '../../../sensor/http/content.ts';
import { cutUp, numbers, sampleText } from '../sample-text.ts';
import { zstdSamples } from '../zstd-samples.ts';

interface Outcome {
  readonly plain: Buffer;
  readonly wireBytes: number;
  readonly bytes: number;
  readonly encoding: string;
  readonly truncated: boolean;
  readonly weird: readonly string[];
}

function pass(
  encoding: string,
  pieces: readonly Uint8Array[],
  complete = true,
  limits: ContentLimits = contentLimits,
  type = 'application/json',
): Outcome {
  const chunks: Buffer[] = [];
  const content = new Content(
    encoding,
    type,
    (bytes, start, end) => chunks.push(Buffer.from(bytes.subarray(start, end))),
    limits,
  );
  for (const piece of pieces) content.write(piece, 0, piece.length);
  content.finish(complete);
  content.finish(complete);
  const { wireBytes, bytes, truncated, weird } = content;
  return { plain: Buffer.concat(chunks), wireBytes, bytes, encoding: content.encoding, truncated, weird };
}

function br(plain: Buffer): Buffer {
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

const codings: readonly (readonly [string, (plain: Buffer) => Buffer])[] = [
  ['gzip', (plain) => gzipSync(plain)],
  ['X-GZip', (plain) => gzipSync(plain)],
  ['deflate', (plain) => deflateSync(plain)],
  ['deflate', (plain) => deflateRawSync(plain)],
  ['br', br],
  ['gzip, br', (plain) => br(gzipSync(plain))],
  ['deflate , identity,gzip,br', (plain) => br(gzipSync(deflateSync(plain)))],
];

test('a body that lies whole in one piece of shared memory, and is said to, decodes as any other', () => {
  const plain = sampleText(5000, 3);
  for (const [coding, code] of codings) {
    const coded = code(plain);
    for (const damage of [0, 1]) {
      const memory = Buffer.from(new SharedArrayBuffer(coded.length + 10));
      memory.fill(0x1f);
      coded.copy(memory, 5);
      memory[5 + (coded.length >> 1)]! ^= damage;
      const chunks: Buffer[] = [];
      const content = new Content(coding, 'text/plain', (bytes, start, end) =>
        chunks.push(Buffer.from(bytes.subarray(start, end))),
      );
      content.write(memory, 5, 5 + coded.length, true);
      content.finish(true);
      const { wireBytes, bytes, encoding, truncated, weird } = content;
      const got = { plain: Buffer.concat(chunks), wireBytes, bytes, encoding, truncated, weird };
      assert.deepEqual(got, pass(coding, [memory.subarray(5, 5 + coded.length)]), `${coding}, damage ${damage}`);
      if (damage === 0) assert.ok(got.plain.equals(plain), coding);
    }
  }
});

test('plain content passes without a copy', () => {
  const seen: Uint8Array[] = [];
  const content = new Content('identity', 'text/plain', (bytes, start, end) => seen.push(bytes.subarray(start, end)));
  const packet = Buffer.from('..hello..');
  content.write(packet, 0, packet.length);
  content.write(packet, 2, 7);
  content.write(packet, 4, 4);
  content.finish(true);
  assert.equal(seen[0]!.buffer, packet.buffer);
  assert.equal(seen[1]!.buffer, packet.buffer);
  assert.deepEqual(seen.map(String), ['..hello..', 'hello']);
  assert.deepEqual([content.wireBytes, content.bytes, content.encoding, content.truncated], [14, 14, '', false]);
  assert.deepEqual(content.weird, []);
});

test('codings come off, however the body is cut, small or large', () => {
  for (const [name, encode] of codings) {
    for (const size of [1, 3000, 300_000, 900_000]) {
      const plain = sampleText(size, size);
      const coded = encode(plain);
      for (const largest of [30, 1460, 1 << 20]) {
        const got = pass(name, cutUp(coded, largest, largest));
        assert.ok(got.plain.equals(plain), `${name} ${size} ${largest}`);
        const encoding = name.replace(' , identity,', ', ').replace('gzip,br', 'gzip, br');
        const { plain: _, ...facts } = got;
        const wanted = { wireBytes: coded.length, bytes: size, encoding, truncated: false, weird: [] };
        assert.deepEqual(facts, wanted);
      }
    }
  }
  for (const { plain, coded } of zstdSamples) {
    const got = pass('zstd', cutUp(coded, 4, 1000));
    assert.ok(got.plain.equals(plain) && !got.truncated && got.weird.length === 0);
  }
});

test('a coded body of no octets is no oddity', () => {
  assert.deepEqual(pass('gzip', []), {
    ...{ plain: Buffer.alloc(0), wireBytes: 0, bytes: 0, encoding: '', truncated: false, weird: [] },
  });
  assert.equal(pass('gzip', [], false).truncated, true);
});

test('a body that is not what its label says passes as it is', () => {
  const text = Buffer.from('{"error_no":0,"data":[1,2,3],"message":"ok"}');
  const long = sampleText(200_000, 5);
  long.fill(0x20, 0, 100);
  const binary = Buffer.from([0xff, 0xfe, 0xfd, 0xfc, ...sampleText(3000, 6)]);
  for (const name of ['gzip', 'deflate', 'br', 'zstd', 'gzip, br']) {
    for (const body of [text, long, ...(name === 'gzip' || name === 'zstd' ? [binary] : [])]) {
      for (const complete of [true, false]) {
        const got = pass(name, cutUp(body, 7, 5000), complete);
        assert.ok(got.plain.equals(body), name);
        assert.deepEqual([got.encoding, got.truncated], ['', !complete]);
        assert.deepEqual(got.weird, ['content_coding_mislabelled']);
      }
    }
  }
  // Applied once, named twice.
  const once = pass('gzip, gzip', [gzipSync(text)]);
  assert.ok(once.plain.equals(text));
  assert.deepEqual([once.encoding, once.truncated, once.weird], ['gzip', false, ['content_coding_mislabelled']]);
});

test('gzip that no label speaks of stays as it is', () => {
  const coded = gzipSync('a backup');
  const got = pass('', [coded], true, contentLimits, 'application/octet-stream');
  assert.ok(got.plain.equals(coded));
  assert.deepEqual([got.encoding, got.weird], ['', []]);
});

test('damage in the middle: what was decoded stays', () => {
  for (const size of [40_000, 600_000]) {
    const plain = Buffer.alloc(size);
    const next = numbers(size);
    for (let i = 0; i < size; i++) plain[i] = 32 + (next() % 90);
    for (const [name, encode] of codings.slice(0, 6)) {
      // Bare deflate has no check value: damage may read as other data.
      if (encode === codings[3]![1]) continue;
      const coded = encode(plain);
      coded.fill(255, coded.length >> 1, (coded.length >> 1) + 3000);
      const got = pass(name, cutUp(coded, 8, 1460));
      assert.equal(got.truncated, true, name);
      // To brotli, damage may also read as the begin of a long piece that never comes.
      if (name !== 'br') assert.deepEqual(got.weird, ['content_coding_corrupt'], name);
      assert.equal(got.wireBytes, coded.length);
      let same = 0;
      while (same < got.bytes && got.plain[same] === plain[same]) same++;
      assert.ok(same > size * 0.4, `${name}: ${same} of ${size}`);
    }
  }
});

test('an end that never came is truncation, and no oddity', () => {
  for (const size of [5000, 600_000]) {
    const plain = sampleText(size, size + 9);
    for (const [name, encode] of codings.slice(0, 6)) {
      const coded = encode(plain);
      for (const complete of [true, false]) {
        const got = pass(name, cutUp(coded.subarray(0, coded.length - 4), 2, 1460), complete);
        assert.deepEqual([got.truncated, got.weird, got.encoding], [true, [], name], name);
        assert.ok(got.plain.equals(plain.subarray(0, got.bytes)));
        assert.ok(got.bytes > size * 0.9);
      }
    }
  }
  const whole = gzipSync('everything');
  const gap = pass('gzip', [whole], false);
  assert.deepEqual([gap.plain.toString(), gap.truncated, gap.weird], ['everything', true, []]);
});

test('unknown codings and endless chains are named; text shows through', () => {
  const text = Buffer.from('{"a":1}');
  const unknown = pass('utf-8', [text]);
  assert.deepEqual([unknown.encoding, unknown.truncated, unknown.weird], ['', false, ['content_coding_unknown']]);
  const hidden = pass('compress', [Buffer.from([0x1f, 0x9d, 0x90, 0x80, 0xff, 0x81])]);
  assert.deepEqual([hidden.bytes, hidden.truncated, hidden.weird], [6, true, ['content_coding_unknown']]);
  // The outer coding comes off, the inner one is anybody's.
  const outer = pass('sdch, gzip', [gzipSync(text)]);
  assert.deepEqual([outer.plain, outer.encoding, outer.weird], [text, 'gzip', ['content_coding_unknown']]);
  for (const chain of ['gzip, gzip, gzip, gzip', `gzip${', br'.repeat(5000)}`]) {
    const long = pass(chain, [gzipSync(text)]);
    assert.deepEqual(long.weird, ['content_coding_chain_too_long']);
    assert.equal(long.bytes, long.wireBytes);
  }
  assert.deepEqual(pass('__proto__', [text]).weird, ['content_coding_unknown']);
});

test('a bomb ends at its ratio or at the bound of a body', () => {
  const limits: ContentLimits = { maxOutput: 3_000_000, freeOutput: 100_000, maxRatio: 100 };
  const zeros = Buffer.alloc(20_000_000);
  for (const [name, encode] of codings.slice(0, 6)) {
    const coded = encode(zeros);
    const got = pass(name, [coded], true, limits);
    assert.deepEqual([got.truncated, got.weird], [true, ['content_coding_bomb']], name);
    const allowed = Math.min(3_000_000, Math.max(100_000, coded.length * 100));
    assert.ok(got.bytes <= allowed);
    // Brotli may pass the bound within one native call, whose octets are then never seen.
    if (!name.includes('br')) assert.equal(got.bytes, allowed);
  }
  const fair = sampleText(2_900_000, 4);
  assert.deepEqual(pass('gzip', [gzipSync(fair)], true, limits).weird, []);
  assert.deepEqual(pass('gzip', [gzipSync(sampleText(3_100_000, 4))], true, limits).weird, ['content_coding_bomb']);
});

test('any octets under any label: no exception, bounded output, counts that agree', () => {
  const next = numbers(2024);
  const names = [
    'gzip',
    'deflate',
    'br',
    'zstd',
    'gzip, br',
    'br, gzip',
    'zstd, gzip',
    'x, gzip',
    'GZIP',
    '',
    'identity',
  ];
  const types = ['application/json', 'text/html', 'text/xml; charset=gb2312', '', 'image/png', 'text/plain; charset=x'];
  const plain = sampleText(2000, 3);
  const sources = [plain, gzipSync(plain), deflateSync(plain), br(plain), zstdSamples[3]!.coded, br(gzipSync(plain))];
  const limits: ContentLimits = { maxOutput: 200_000, freeOutput: 50_000, maxRatio: 50 };
  for (let round = 0; round < 10_000; round++) {
    const bytes = Buffer.from(sources[next() % sources.length]!);
    if (next() % 3 > 0) for (let i = next() % 4; i >= 0; i--) bytes[next() % bytes.length] = next() & 255;
    if (next() % 5 === 0) for (let i = 0; i < bytes.length; i++) bytes[i] = next() & 255;
    const body = bytes.subarray(next() % 3, bytes.length - (next() % 20));
    const got = pass(
      names[next() % names.length]!,
      cutUp(body, round, 1 + (next() % 3000)),
      next() % 4 > 0,
      limits,
      types[next() % types.length]!,
    );
    assert.equal(got.wireBytes, body.length);
    assert.equal(got.bytes, got.plain.length);
    assert.ok(got.bytes <= Math.max(200_000, body.length));
  }
});
