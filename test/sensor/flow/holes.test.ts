/** How long a hole is waited for: shortly where the receiver has its octets, for then the mirror lost them; else longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpFlags } from '../../../deploy/traffic/frames.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { FlowTable } from '../../../sensor/flow/flow-table.ts';
import { defaultFlowLimits } from '../../../sensor/flow/limits.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { WeirdCounts } from '../../../sensor/weird.ts';
import { startOfTime } from '../sense.ts';

const payload = Buffer.alloc(100, 1);
const [client, server] = [1, 2];

/** Octets 101 to 200 of the client are missing; answers when they were given up, µs behind the segment that showed it. */
function gaps(acknowledged: number, later: readonly number[]): number[] {
  const found: number[] = [];
  let clock = 0;
  const reader = { data() {}, gap: () => void found.push(clock), conflict() {}, finish() {}, close() {} };
  const table = new FlowTable(defaultFlowLimits, new Ledger(), new WeirdCounts(), () => reader);
  const segment = new Segment();
  const give = (source: number, sequence: number, acknowledgement: number, length: number, at: number): void => {
    clock = at;
    segment.source3 = source;
    segment.destination3 = client + server - source;
    segment.sourcePort = source === client ? 40_000 : 80;
    segment.destinationPort = source === client ? 80 : 40_000;
    segment.flags = tcpFlags.ack;
    segment.sequence = sequence;
    segment.acknowledgement = acknowledgement;
    segment.ts = segment.clock = startOfTime + at;
    segment.data = payload;
    segment.end = segment.wireLength = length;
    table.segment(segment);
  };
  give(client, 1, 5000, 100, -2000);
  give(server, 5000, 101, 0, -1000);
  give(client, 201, 5000, 100, 0);
  give(server, 5000, acknowledged, 0, 1000);
  for (const [i, at] of later.entries()) give(client, 301 + 100 * i, 5000, 100, at);
  return found;
}

test('a hole that the receiver acknowledged is a gap after a tenth of a second', () => {
  assert.deepEqual(gaps(301, [50e3, 99e3, 101e3, 102e3]), [101e3]);
});

test('one that nobody acknowledged is a gap after five seconds', () => {
  assert.deepEqual(gaps(101, [50e3, 101e3, 4.9e6, 5.1e6, 5.2e6]), [5.1e6]);
});
