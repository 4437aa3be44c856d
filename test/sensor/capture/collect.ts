import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Damage, emptyPacket, type Packet } from '../../../sensor/capture/packet.ts';
import { type CaptureSource, openSource } from '../../../sensor/capture/source.ts';

/** A packet with its octets copied out, for comparison. */
export interface Collected {
  readonly ts: number;
  readonly linkType: number;
  readonly hex: string;
  readonly originalLength: number;
  readonly number: number;
  readonly input: number;
}

function copyPacket(packet: Packet): Collected {
  const { ts, linkType, data, start, end, originalLength, number, input } = packet;
  return { ts, linkType, hex: data.toString('hex', start, end), originalLength, number, input };
}

export interface Reading {
  readonly packets: Collected[];
  readonly damage: readonly Damage[];
  readonly clamped: number;
  readonly bytesRead: number;
  readonly inputs: readonly string[];
}

function readAll(source: CaptureSource): Reading {
  const packets: Collected[] = [];
  const packet = emptyPacket();
  while (source.read(packet)) packets.push(copyPacket(packet));
  const { damage, clamped, bytesRead, inputs } = source;
  source.close();
  return { packets, damage, clamped, bytesRead, inputs };
}

export function readPaths(paths: readonly string[], bufferSize?: number): Reading {
  return readAll(openSource(paths, bufferSize === undefined ? {} : { bufferSize }));
}

/** A folder of the test's own, removed after it. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-capture-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads octets as a file of their own. */
export function readOctets(t: TestContext, octets: Uint8Array, bufferSize?: number): Reading {
  const path = join(temporaryFolder(t), 'capture');
  writeFileSync(path, octets);
  return readPaths([path], bufferSize);
}
