import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { sense } from '../sense.ts';
import { assertPairsMatch, converse, type Manner, requestId } from '../talk.ts';

const ends = { client: '10.0.0.1:40001', server: '10.0.0.2:80' };

for (const manner of ['lockstep', 'batches'] satisfies Manner[]) {
  test(`${manner}: lost packets never make a wrong pair`, () => {
    let wrong = 0, pairs = 0, all = 0; const bad: number[] = [];
    for (let seed = 0; seed < 2000; seed++) {
      const random = new Random(seed);
      const exchanges = random.between(3, 12);
      const plain = converse(random, { ...ends, gapUs: random.pick([100, 30_000]) }, { manner, exchanges, close: random.pick(['fin', 'rst', 'none']) }).packets();
      const rate = process.env['ONE'] ? 0 : random.pick([0.01, 0.05, 0.3]);
      const at = random.below(plain.length), burst = random.between(1, 6);
      const packets = plain.filter((_, i) => (process.env['ONE'] ? i < at || i >= at + burst : i < 2 || !random.chance(rate)));
      const { records } = sense(packets);
      all += exchanges;
      for (const r of records) if (r.pairing === 'paired') pairs++;
      try { assertPairsMatch(records, `seed ${seed}`); } catch { wrong++; bad.push(seed); }
      void requestId;
    }
    console.log(manner, { wrong, pairs, all }, bad.slice(0, 8));
    assert.equal(wrong, 0);
  });
}
