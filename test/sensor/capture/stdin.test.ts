import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { pcapFile } from './made-captures.ts';

const script = `
  import { writeSync } from 'node:fs';
  import { openSource } from ${JSON.stringify(import.meta.resolve('../../../sensor/capture/source.js'))};
  import { emptyPacket } from ${JSON.stringify(import.meta.resolve('../../../sensor/capture/packet.js'))};
  if (process.argv[1] === 'non-blocking') process.stdin.pause();
  const paths = process.argv.slice(2);
  const packet = emptyPacket();
  const result = { numbers: [] };
  writeSync(1, 'ready\\n');
  try {
    const source = openSource(paths);
    while (source.read(packet)) result.numbers.push([packet.input, packet.number]);
    result.damage = source.damage;
    source.close();
  } catch (error) {
    result.error = error.name + ': ' + error.message;
  }
  console.log(JSON.stringify(result));
`;

interface Result {
  readonly numbers: [number, number][];
  readonly damage?: unknown[];
  readonly error?: string;
}

async function readInChild(mode: string, paths: string[], pieces: readonly Uint8Array[]): Promise<Result> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, mode, ...paths], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  // Nothing is written before the child is about to read: it must wait for every piece.
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.startsWith('ready\n')) resolve();
    });
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  await ready;
  for (const piece of pieces) {
    await sleep(20);
    child.stdin.write(piece);
  }
  child.stdin.end();
  await closed;
  return JSON.parse(output.slice('ready\n'.length)) as Result;
}

const capture = pcapFile(
  'be',
  [1, 2, 3].map((s) => ({ time: [1_700_000_000 + s, 0], data: Buffer.alloc(100, s) })),
);

function inPieces(octets: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(octets.length / size) }, (_, i) => octets.subarray(i * size, (i + 1) * size));
}

test('standard input is read to its end however slowly it comes, blocking or not', async () => {
  for (const mode of ['blocking', 'non-blocking']) {
    for (const octets of [capture, gzipSync(capture)]) {
      const { numbers, damage, error } = await readInChild(mode, ['-'], inPieces(octets, 50));
      assert.equal(error, undefined);
      assert.deepEqual(
        numbers.map(([, number]) => number),
        [1, 2, 3],
      );
      assert.deepEqual(damage, []);
    }
  }
});

test('standard input is merged with files', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-capture-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.pcap');
  writeFileSync(path, capture);
  const { numbers } = await readInChild('blocking', [path, '-'], [capture]);
  assert.deepEqual(numbers, [
    [0, 1],
    [1, 1],
    [0, 2],
    [1, 2],
    [0, 3],
    [1, 3],
  ]);
});

test('an empty standard input is an error that names it', async () => {
  const { error } = await readInChild('blocking', ['-'], []);
  assert.match(error ?? '', /^CaptureError: standard input: it is empty/);
});
