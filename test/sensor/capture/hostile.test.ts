import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { CaptureError } from '../../../sensor/capture/packet.ts';
import { readPaths, temporaryFolder } from './collect.ts';
import {
  describedInterface,
  enhancedPacket,
  type Frame,
  halves,
  obsoletePacket,
  option,
  pcapFile,
  section,
  seededRandom,
  simplePacket,
} from './made-captures.ts';

const ROUNDS = 500;

function makeVictims(): Buffer[] {
  const frames: Frame[] = Array.from({ length: 8 }, (_, i) => ({
    time: [1_700_000_000 + i, i],
    data: Buffer.alloc(i * 9, i),
  }));
  const pcapng = Buffer.concat([
    section('be'),
    describedInterface('be', 1, 0, option('be', 9, Buffer.from([9])), option('be', 14, Buffer.alloc(8))),
    ...frames.map((frame) => enhancedPacket('be', 0, { ...frame, time: halves(1_700_000_000_000_000_000n) })),
    obsoletePacket('be', 0, frames[2]),
    simplePacket('be', 20, Buffer.alloc(20)),
  ]);
  return [pcapFile('le', frames), pcapng, gzipSync(pcapng)];
}

test('octets changed at random never throw anything but a sentence, and packets lie within the file', (t) => {
  const random = seededRandom(5);
  const path = join(temporaryFolder(t), 'victim');
  for (const victim of makeVictims()) {
    let damages = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const octets = Buffer.from(victim);
      const changes = 1 + Math.floor(random() * 4);
      for (let i = 0; i < changes; i++) octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256);
      writeFileSync(path, octets);
      try {
        const { packets, damage } = readPaths([path], 64);
        damages += damage.length;
        for (const { hex, ts } of packets) {
          assert.ok(hex.length / 2 <= 4096 && Number.isSafeInteger(ts));
        }
      } catch (error) {
        assert.ok(error instanceof CaptureError, `round ${round}: ${(error as Error).stack}`);
      }
    }
    assert.ok(damages > 0);
  }
});
