/** The streams of the thirty captures known by name, octet for octet as tshark follows them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { unpackCaptures } from './captures.ts';
import { type ConnectionDigest, digestStreams, type StreamDigest } from './streams.ts';

/** What tshark says of one connection. */
interface Followed {
  readonly node0: string;
  readonly node1: string;
  readonly bytes0to1: number;
  readonly md5_0to1: string;
  readonly bytes1to0: number;
  readonly md5_1to0: string;
  /** Text about a gap stands among the octets, and their digest is of no use. */
  readonly text_gap_marker: boolean;
}

interface Oracle {
  readonly id: string;
  readonly path: string;
  readonly tcp_streams: number;
  readonly tcp_follow: readonly Followed[];
}

/** Takes out of `left` the first connection between these two ends. */
function take(left: ConnectionDigest[], { node0, node1 }: Followed): readonly [StreamDigest, StreamDigest] | null {
  const index = left.findIndex(({ ends }) => ends.includes(node0) && ends.includes(node1));
  if (index < 0) return null;
  const [{ ends, streams }] = left.splice(index, 1) as [ConnectionDigest];
  return ends[0] === node0 ? streams : [streams[1], streams[0]];
}

test('streams of the captures known by name have the digests of tshark', (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  const folder = join(captures.folder, 'oracle');
  const total = { equal: 0, octets: 0, gaps: 0 };
  for (const name of readdirSync(folder).sort()) {
    const oracle = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Oracle;
    const left = digestStreams(join(captures.folder, oracle.path));
    for (const followed of oracle.tcp_follow) {
      const at = `${oracle.id} ${followed.node0} ${followed.node1}`;
      const ours = take(left, followed);
      if (ours === null) {
        // tshark counts a connection of bare acknowledgements; to us nothing can be learnt from one.
        if (followed.bytes0to1 + followed.bytes1to0 === 0) continue;
        assert.fail(`${at}: tshark follows it, the flow table does not have it`);
      }
      assert.equal(ours[0].gaps + ours[1].gaps > 0, followed.text_gap_marker, `${at}: gaps`);
      const theirs = [
        [followed.bytes0to1, followed.md5_0to1],
        [followed.bytes1to0, followed.md5_1to0],
      ] as const;
      for (const [direction, [bytes, md5]] of theirs.entries()) {
        const stream: StreamDigest = ours[direction as 0 | 1];
        if (stream.gaps > 0) {
          total.gaps++;
          continue;
        }
        assert.equal(stream.bytes, bytes, `${at}: octets of direction ${direction}`);
        if (bytes > 0) assert.equal(stream.md5, md5, `${at}: digest of direction ${direction}`);
        total.equal++;
        total.octets += bytes;
      }
    }
    // tshark's list holds the first twelve only.
    if (oracle.tcp_streams === oracle.tcp_follow.length)
      assert.deepEqual(left, [], `${oracle.id}: not in tshark's list`);
  }
  t.diagnostic(`${total.equal} stream directions equal (${total.octets} octets), ${total.gaps} with a gap`);
});
