import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { OctetRing } from '../../../sensor/decode/octet-ring.ts';

test('what was stored is there until the horizon passes it', () => {
  const random = new Random(81);
  const ring = new OctetRing(10_000);
  const kept: { position: number; octets: Buffer }[] = [];
  let passed = 0;
  for (let i = 0; i < 3000; i++) {
    const octets = Buffer.from(Array.from({ length: random.between(1, 700) }, () => random.below(256)));
    const horizon = ring.horizonAfter(octets.length);
    const head = ring.head;
    const position = ring.store(Buffer.concat([Buffer.alloc(3), octets]), 3, 3 + octets.length);
    assert.equal(ring.horizon, horizon, 'the horizon was foretold');
    assert.ok(position >= head && ring.head > position + octets.length);
    kept.push({ position, octets });
    while (kept[0]!.position < horizon) {
      kept.shift();
      passed++;
    }
    for (const one of [kept[0]!, random.pick(kept)]) {
      const { length } = one.octets;
      assert.ok(ring.equals(one.position, one.octets, 0, length));
      const from = random.below(length);
      const copy = Buffer.alloc(length);
      ring.copy(one.position + from, length - from, copy, from);
      assert.ok(copy.subarray(from).equals(one.octets.subarray(from)));
      one.octets[from]! ^= 1;
      assert.ok(!ring.equals(one.position, one.octets, 0, length));
      one.octets[from]! ^= 1;
    }
  }
  assert.ok(passed > 2900);
});
