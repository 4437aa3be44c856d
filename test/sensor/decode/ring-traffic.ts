/** Segments for the ring's tests: a seed makes the same ones on both sides. */
import { createHash, type Hash } from 'node:crypto';
import type { Random } from '../../../deploy/traffic/random.ts';
import type { Segment } from '../../../sensor/decode/segment.ts';

const source = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));

/** Fills `segment` anew; `maxPayload` in octets. */
export function makeSegment(segment: Segment, random: Random, maxPayload: number): void {
  segment.ts = 1_700_000_000_000_000 + random.below(2 ** 31);
  segment.vlan = random.chance(0.5) ? -1 : random.below(4096);
  segment.tunnel = random.below(18);
  segment.tunnelId = random.next() | 0;
  segment.source0 = random.next() | 0;
  segment.source1 = random.next() | 0;
  segment.source2 = random.next() | 0;
  segment.source3 = random.next() | 0;
  segment.destination0 = random.next() | 0;
  segment.destination1 = random.next() | 0;
  segment.destination2 = random.next() | 0;
  segment.destination3 = random.next() | 0;
  segment.sourcePort = random.below(65_536);
  segment.destinationPort = random.below(65_536);
  segment.sequence = random.next();
  segment.acknowledgement = random.next();
  segment.flags = random.below(256);
  const length = random.chance(0.2) ? 0 : random.below(maxPayload + 1);
  segment.data = source;
  segment.start = random.below(source.length - length);
  segment.end = segment.start + length;
  segment.wireLength = length + (random.chance(0.1) ? random.below(100_000) : 0);
}

/** Everything a segment says, in one line and its payload. */
export function digest(hash: Hash, s: Segment): void {
  hash.update(
    `${s.ts} ${s.clock} ${s.vlan} ${s.tunnel} ${s.tunnelId} ${s.source0} ${s.source1} ${s.source2} ${s.source3} ${s.destination0} ` +
      `${s.destination1} ${s.destination2} ${s.destination3} ${s.sourcePort} ${s.destinationPort} ${s.sequence} ` +
      `${s.acknowledgement} ${s.flags} ${s.wireLength} ${s.end - s.start}\n`,
  );
  hash.update(s.data.subarray(s.start, s.end));
}

export function newDigest(): Hash {
  return createHash('sha1');
}
