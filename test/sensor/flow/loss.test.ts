import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicate, reorder, startAt } from '../../../deploy/traffic/disturb.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { sense } from '../sense.ts';
import { assertPairsMatch, converse, type Manner, requestId, responseId } from '../talk.ts';

const ends = { client: '10.0.0.1:40001', server: '10.0.0.2:80' };
const closes = ['fin', 'rst', 'none'] as const;

for (const manner of ['lockstep', 'batches'] satisfies Manner[]) {
  test(`${manner}: whatever packets are lost, no response is put to the wrong request`, () => {
    let pairs = 0;
    let exchanges = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const options = { manner, exchanges: random.between(3, 12), close: random.pick(closes) };
      const plain = converse(random, { ...ends, gapUs: random.pick([100, 30_000]) }, options).packets();
      const rate = random.pick([0.01, 0.05, 0.3]);
      // A client that pipelines is known as such once that was seen: what comes before the capture is not.
      let packets = plain.filter((_, i) => i < 2 || !random.chance(rate));
      if (random.chance(0.3)) packets = [...packets.slice(0, 2), ...reorder(packets.slice(2), 3, random)];
      if (random.chance(0.3)) packets = duplicate(packets, random.below(packets.length), 2);
      const { records } = sense(packets);
      assertPairsMatch(records, `seed ${seed}`);
      exchanges += options.exchanges;
      pairs += records.filter((record) => record.pairing === 'paired').length;
    }
    assert.ok(pairs > 0.4 * exchanges, `${pairs} pairs of ${exchanges} exchanges`);
  });

  test(`${manner}: a burst of loss anywhere makes no wrong pair`, () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const options = { manner, exchanges: random.between(3, 8), close: random.pick(closes) };
      const plain = converse(random, { ...ends, gapUs: random.pick([100, 30_000]) }, options).packets();
      const at = random.between(2, plain.length - 1);
      const burst = random.pick([1, 2, 3, 5, 10, 30]);
      const { records } = sense(plain.filter((_, i) => i < at || i >= at + burst));
      assertPairsMatch(records, `seed ${seed}`);
    }
  });
}

test('what comes after the loss is found again, and all but the first exchange is paired', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const marks = new Map<string, readonly [number, number]>();
    const plain = converse(random, ends, {
      manner: 'lockstep',
      exchanges: 10,
      heads: false,
      mss: random.pick([536, 1460]),
      mark: (id, before, after) => marks.set(id, [before, after]),
    }).packets();
    const at = random.between(3, plain.length - 1);
    const end = at + random.between(1, 12);
    const { records } = sense(plain.filter((_, i) => i < at || i >= end));
    const asked = new Set(records.map(requestId));
    const answered = new Set(records.map(responseId));
    const paired = new Set(records.filter((record) => record.pairing === 'paired').map(requestId));
    let alone = 0;
    for (const [id, [before, after]] of marks) {
      if (before < end && after > at) continue;
      assert.ok(asked.has(id) && answered.has(id), `seed ${seed}: ${id} is not found`);
      if (!paired.has(id)) alone++;
    }
    assert.ok(alone <= 1, `seed ${seed}: ${alone} whole exchanges are not paired`);
    for (const record of records) {
      if (record.gapBytes > 0) assert.ok(record.truncated, `seed ${seed}`);
    }
  }
});

test('a lockstep connection met anywhere in its middle has no wrong pair', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const packets = converse(random, ends, { manner: 'lockstep', exchanges: random.between(2, 6) }).packets();
    assertPairsMatch(sense(startAt(packets, random.below(packets.length))).records, `seed ${seed}`);
  }
});

test('one direction alone has every message of it', () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new Random(seed);
    const exchanges = random.between(1, 8);
    const manner = random.pick(['lockstep', 'batches'] as const);
    const packets = converse(random, ends, { manner, exchanges, heads: false }).packets();
    const side = random.pick(['client', 'server'] as const);
    const { records } = sense(packets.filter((packet) => packet.from === side));
    const ids = records.map(side === 'client' ? requestId : responseId).filter((id) => id !== undefined);
    assert.ok(new Set(ids).size === ids.length && ids.length >= exchanges, `seed ${seed}`);
    for (const record of records) assert.equal(record.unpaired, 'one-sided', `seed ${seed}`);
  }
});
