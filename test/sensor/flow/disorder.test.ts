import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationOptions } from '../../../deploy/traffic/conversation.ts';
import { duplicate, move, reorder } from '../../../deploy/traffic/disturb.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { essence, sense } from '../sense.ts';
import { assertPairsMatch, converse, type Manner } from '../talk.ts';

function ends(random: Random): ConversationOptions {
  const isn = () => (random.chance(0.5) ? 0xffffffff - random.below(3000) : random.next());
  const v6 = random.chance(0.3);
  return {
    client: v6 ? '[2001:db8::1]:40001' : '10.0.0.1:40001',
    server: v6 ? '[2001:db8::2]:80' : '10.0.0.2:80',
    clientIsn: isn(),
    serverIsn: isn(),
  };
}

const manners: readonly Manner[] = ['lockstep', 'batches'];

for (const manner of manners) {
  test(`${manner}: order, duplicates and retransmissions change nothing`, () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(seed);
      const where = ends(random);
      const exchanges = random.between(1, 8);
      const plain = converse(new Random(seed), where, { manner, exchanges }).packets();
      const expected = essence(sense(plain).records);
      assert.equal(expected.length >= exchanges, true);
      assertPairsMatch(sense(plain).records, `seed ${seed}`);
      // What overtakes the SYN looks like a connection older than the capture: the handshake keeps its place.
      let packets = converse(new Random(seed), where, { manner, exchanges, again: random }).packets();
      if (random.chance(0.7)) packets = [...packets.slice(0, 2), ...reorder(packets.slice(2), random.below(7), random)];
      if (random.chance(0.3)) packets = move(packets, 1, 0);
      for (let i = random.below(10); i > 0; i--) {
        packets = duplicate(packets, random.between(2, packets.length - 1), random.below(12));
      }
      const sensed = sense(packets);
      assert.deepEqual(essence(sensed.records), expected, `seed ${seed}`);
      assert.deepEqual(sensed.weird, [], `seed ${seed}`);
      assert.equal(sensed.count('gapBytes'), 0);
    }
  });
}
