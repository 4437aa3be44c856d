import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { CaptureError, emptyPacket } from '../../../sensor/capture/packet.ts';
import { openSource } from '../../../sensor/capture/source.ts';
import { explainSystemError } from '../../../sensor/capture/unreadable-input.ts';
import { readPaths, temporaryFolder } from './collect.ts';
import { type Frame, pcapFile, seededRandom } from './made-captures.ts';

const START = 1_700_000_000;

function framesAt(...seconds: number[]): Frame[] {
  return seconds.map((s) => ({ time: [START + s, 0], data: Buffer.from(`at ${s}`) }));
}

test('inputs are merged by packet time; at equal times the earlier input goes first', (t) => {
  const folder = temporaryFolder(t);
  const random = seededRandom(3);
  for (let round = 0; round < 20; round++) {
    const inputs = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) => {
      const seconds = Array.from({ length: Math.floor(random() * 30) }, () => Math.floor(random() * 12));
      seconds.sort((a, b) => a - b);
      const path = join(folder, `${round}-${i}.pcap`);
      const octets = pcapFile(i % 2 === 0 ? 'le' : 'be', framesAt(...seconds));
      writeFileSync(path, i % 3 === 2 ? gzipSync(octets) : octets);
      return { path, seconds };
    });
    const expected = inputs
      .flatMap(({ seconds }, input) => seconds.map((s, i) => ({ s, input, number: i + 1 })))
      .sort((a, b) => a.s - b.s || a.input - b.input || a.number - b.number);
    const reading = readPaths(inputs.map((i) => i.path));
    assert.deepEqual(
      reading.packets.map((p) => [p.ts, p.input, p.number, Buffer.from(p.hex, 'hex').toString()]),
      expected.map(({ s, input, number }) => [(START + s) * 1_000_000, input, number, `at ${s}`]),
    );
    assert.deepEqual(
      reading.inputs,
      inputs.map((i) => i.path),
    );
  }
});

test('an input whose own times go back keeps its order and loses nothing', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.pcap'), pcapFile('le', framesAt(5, 1, 9)));
  writeFileSync(join(folder, 'b.pcap'), pcapFile('le', framesAt(2, 6)));
  const { packets } = readPaths([folder]);
  assert.deepEqual(
    packets.map((p) => [p.input, p.number]),
    [
      [1, 1],
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 3],
    ],
  );
});

test('a thousand rotated files are read with two or three open at once', (t) => {
  const folder = temporaryFolder(t);
  let size = 0;
  for (let i = 0; i < 1000; i++) {
    const octets = pcapFile('le', framesAt(i * 3, i * 3 + 1, i * 3 + 2));
    size += octets.length;
    // The names' order is not the order of the times.
    writeFileSync(join(folder, `capture-${String((i * 379) % 1000).padStart(4, '0')}`), octets);
  }
  const descriptors = '/proc/self/fd';
  const countOpen = (): number => {
    try {
      return readdirSync(descriptors).length;
    } catch {
      return 0;
    }
  };
  const before = countOpen();
  if (before === 0) t.diagnostic(`absent: ${descriptors}, open files were not counted`);
  const source = openSource([folder]);
  const packet = emptyPacket();
  let read = 0;
  while (source.read(packet)) {
    assert.equal(packet.ts, (START + read++) * 1_000_000);
    if (read % 100 === 0) assert.ok(countOpen() <= before + 3, `${countOpen()} open, ${before} before`);
  }
  assert.equal(read, 3000);
  assert.equal(source.bytesRead, size);
  source.close();
  assert.equal(countOpen(), before);
});

test('a folder gives the captures in it, told by content; a folder inside it is not looked into', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'inside'));
  writeFileSync(join(folder, 'inside', 'c.pcap'), pcapFile('le', framesAt(3)));
  writeFileSync(join(folder, 'notes.pcap'), 'these are notes');
  writeFileSync(join(folder, 'empty.pcap'), '');
  writeFileSync(join(folder, 'b'), gzipSync(pcapFile('be', framesAt(2))));
  writeFileSync(join(folder, 'a.bin'), pcapFile('le', framesAt(1)));
  writeFileSync(join(folder, 'without-packets.pcap'), pcapFile('le', []));
  const { inputs, packets, damage } = readPaths([folder]);
  assert.deepEqual(
    inputs,
    ['a.bin', 'b', 'without-packets.pcap'].map((name) => join(folder, name)),
  );
  assert.equal(packets.length, 2);
  assert.deepEqual(damage, []);
});

test('an only input that cannot be read is an error that names it and says what to do', (t) => {
  const folder = temporaryFolder(t);
  const file = (name: string, octets: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, octets);
    return path;
  };
  mkdirSync(join(folder, 'barren'));
  const capture = pcapFile('le', framesAt(1));
  const cases: [string, RegExp][] = [
    [file('empty', Buffer.alloc(0)), /is empty \(0 octets\)\. Give/],
    [file('one', Buffer.from('x')), /neither pcap nor pcapng \(it begins with 78\)\. Give/],
    [file('text', Buffer.from('GET / HTTP/1.1')), /neither pcap nor pcapng \(it begins with 47455420\)\. Give/],
    [file('short', capture.subarray(0, 23)), /ends inside its header \(23 of 24 octets\)/],
    [file('short-section', Buffer.from('0a0d0d0a1c000000', 'hex')), /ends inside the block/],
    [file('text.gz', gzipSync('only text')), /neither pcap nor pcapng/],
    [file('cut.gz', gzipSync(capture).subarray(0, 12)), /gzip data is cut.*Nothing of it can be read/],
    [
      file('bad.gz', Buffer.concat([gzipSync(capture).subarray(0, 10), Buffer.alloc(99, 0xff)])),
      /gzip data is damaged/,
    ],
    [join(folder, 'nowhere'), /no such file\. Check the path/],
    [join(folder, 'text', 'below-a-file'), /no such file\. Check the path/],
    [join(folder, 'barren'), /holds no capture\. Give one that holds/],
  ];
  for (const [path, sentence] of cases) {
    assert.throws(
      () => openSource([path]),
      (error) => {
        assert.ok(error instanceof CaptureError, String(error));
        assert.ok(error.message.startsWith(`${path}: `), error.message);
        assert.match(error.message, sentence);
        return true;
      },
    );
  }
  assert.throws(() => openSource([]), /no capture was named\. Give a file/);
  assert.throws(() => openSource(cases.map(([path]) => path)), /empty: it is empty[\s\S]*\nAnd 6 more\.$/);
});

test('beside readable inputs an unreadable one is damage and the others go on', (t) => {
  const folder = temporaryFolder(t);
  const good = join(folder, 'good.pcap');
  const cut = join(folder, 'cut.pcap');
  const text = join(folder, 'text');
  writeFileSync(good, pcapFile('le', framesAt(1, 3)));
  writeFileSync(cut, pcapFile('le', framesAt(2, 4)).subarray(0, -1));
  writeFileSync(text, 'text');
  const { packets, damage, inputs } = readPaths([text, good, join(folder, 'nowhere'), cut]);
  assert.deepEqual(inputs, [good, cut]);
  assert.equal(packets.length, 3);
  assert.deepEqual(damage.map((d) => d.input).sort(), [cut, join(folder, 'nowhere'), text].sort());
  assert.equal(damage.find((d) => d.input === cut)?.offset, 24 + 16 + 4);
});

test('a file that may not be read is told', (t) => {
  const path = join(temporaryFolder(t), 'secret.pcap');
  writeFileSync(path, pcapFile('le', framesAt(1)));
  chmodSync(path, 0);
  const refused = /may not be read\. Change its permissions/;
  // Permissions do not bind root: what the system would have said to others is put in its mouth.
  if (process.getuid?.() === 0) assert.match(explainSystemError(path, { code: 'EACCES' }).message, refused);
  else assert.throws(() => openSource([path]), refused);
});
