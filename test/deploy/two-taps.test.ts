/** The same wire seen at two places of the network: each exchange is counted once, and the copies are told as such. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSensing } from '../../deploy/sensing.ts';
import { C } from '../../sensor/ledger.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { folderOf, mixIn } from './replaying.ts';

/** A capture as another tap sees it: later, behind a router, in a VLAN when one is given. Microseconds, little-endian. */
function elsewhere(capture: string, target: string, delayUs: number, vlan: number | null): void {
  const octets = readFileSync(capture);
  const parts = [octets.subarray(0, 24)];
  for (let at = 24; at < octets.length; ) {
    const length = octets.readUInt32LE(at + 8);
    const head = Buffer.from(octets.subarray(at, at + 16));
    const frame = Buffer.from(octets.subarray(at + 16, at + 16 + length));
    const us = head.readUInt32LE(4) + delayUs;
    head.writeUInt32LE(head.readUInt32LE(0) + Math.floor(us / 1e6), 0);
    head.writeUInt32LE(us % 1e6, 4);
    frame.writeUInt32BE(0x0badcafe, 8);
    frame[22]!--;
    const tag = vlan === null ? Buffer.alloc(0) : Buffer.from([0x81, 0, vlan >> 8, vlan & 255]);
    for (const place of [8, 12]) head.writeUInt32LE(head.readUInt32LE(place) + tag.length, place);
    parts.push(head, frame.subarray(0, 12), tag, frame.subarray(12));
    at += 16 + length;
  }
  writeFileSync(target, Buffer.concat(parts));
}

async function exchangesOf(inputs: readonly string[], shards = 2): Promise<{ names: string[]; counts: Float64Array }> {
  const names: string[] = [];
  const { counters } = await runSensing({
    ...{ inputs, shards, limits: defaultSensorLimits, output: { kind: 'names' } },
    take: async (_, { records }) => {
      for (const { uid } of records) names.push(uid);
    },
  });
  return { names: names.sort(), counts: counters.counts };
}

test('each exchange once, whichever tap is late, and what was seen twice is no retransmission', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 400 });
  const alone = await exchangesOf([mix]);
  assert.ok(alone.names.length === 400);
  assert.equal(alone.counts[C.doubledBytes], 0);
  for (const [delay, vlan] of [
    [0, null],
    [250, null],
    [40_000, 7],
  ] as const) {
    const copy = join(folder, `copy-${delay}.pcap`);
    elsewhere(mix, copy, delay, vlan);
    for (const inputs of [
      [mix, copy],
      [copy, mix],
    ]) {
      const both = await exchangesOf(inputs);
      const { counts } = both;
      if (delay > 0) assert.deepEqual(both.names, alone.names);
      assert.equal(both.names.length, 400);
      assert.equal(counts[C.payloadBytes], 2 * alone.counts[C.payloadBytes]!);
      assert.equal(counts[C.streamBytes], alone.counts[C.streamBytes]);
      assert.equal(counts[C.doubledBytes], alone.counts[C.payloadBytes]! - alone.counts[C.retransmittedBytes]!);
      assert.equal(counts[C.retransmittedBytes], 2 * alone.counts[C.retransmittedBytes]!);
      assert.ok(counts[C.segmentsDoubled]! > 400);
    }
  }
});
