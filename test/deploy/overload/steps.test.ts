/** Steps of shedding under a pressure that the test makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Overload, type ShedChange, usualMarks } from '../../../deploy/overload/steps.ts';

/** Looks every 10 ms for so long, and answers what changed and when, in ms. */
class Load {
  fill = 0;
  now = 0;
  hasTable = true;
  /** Times that it told of nothing to shed by. */
  told = 0;
  readonly overload = new Overload(
    () => this.fill,
    () => this.hasTable,
  );

  pass(ms: number, fill: number | ((at: number) => number)): [number, number][] {
    const changes: [number, number][] = [];
    const from = this.now;
    for (; this.now < from + ms; this.now += 10) {
      this.fill = typeof fill === 'number' ? fill : fill(this.now - from);
      const change = this.overload.look(this.now, 1e15 + this.now * 1000);
      if (change === null) continue;
      assert.equal(change.ts, 1e15 + this.now * 1000);
      assert.equal(change.step, this.overload.step);
      if (change.step === change.from) {
        assert.equal(change.step, 0);
        this.told++;
        continue;
      }
      assert.equal(Math.abs(change.step - change.from), 1);
      changes.push([this.now - from, change.step]);
    }
    return changes;
  }
}

test('a moment is no overload; a fifth of a second is', () => {
  const load = new Load();
  assert.deepEqual(load.pass(190, 0.9), []);
  assert.deepEqual(load.pass(100, 0.1), []);
  assert.deepEqual(load.pass(190, 0.9), []);
  assert.deepEqual(load.pass(20, 0.9), [[10, 1]]);
});

test('step by step while it gets fuller, and no further than there are steps', () => {
  const load = new Load();
  const filling = load.pass(2000, (at) => 0.3 + at / 4000);
  assert.deepEqual(
    filling.map(([, step]) => step),
    [1, 2, 3, 4],
  );
  const [first, second] = filling as [[number, number], [number, number]];
  assert.ok(second[0] - first[0] >= usualMarks.fullMs);
});

test('a step that helps is the last one', () => {
  const load = new Load();
  assert.deepEqual(
    load.pass(3000, (at) => (at < 210 ? 0.4 + at / 1000 : Math.max(0.26, 0.6 - at / 10_000))),
    [[200, 1]],
  );
});

test('down again one by one, only after a calm; between the marks nothing changes', () => {
  const load = new Load();
  load.pass(2000, (at) => 0.3 + at / 4000);
  assert.deepEqual(load.pass(60_000, 0.15), [], 'neither full nor calm');
  const calm = load.pass(45_000, 0.01);
  assert.deepEqual(
    calm.map(([, step]) => step),
    [3, 2, 1, 0],
  );
  assert.ok(calm[0]![0] >= usualMarks.calmMs - 10 && calm[1]![0] - calm[0]![0] >= usualMarks.calmMs);
});

test('where it comes back at once, calm takes longer each time, up to a bound', () => {
  const load = new Load();
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    assert.deepEqual(
      load.pass(400, (at) => (at < 300 ? 0.5 + at / 1000 : 0.01)).map(([, step]) => step),
      [1],
    );
    const down = load.pass(400_000, 0.01).map(([at]) => at)[0]!;
    waits.push(Math.round(down / 1000) * 1000);
    // The load returns right behind the step down.
    load.now = load.now - 400_000 + down + 20;
  }
  assert.deepEqual(waits.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
  assert.equal(waits.at(-1), usualMarks.mostCalmMs);
});

test('the end of the input ends it', () => {
  const load = new Load();
  assert.equal(load.overload.end(1), null);
  load.pass(2000, (at) => 0.3 + at / 4000);
  assert.deepEqual(load.overload.end(7), { ts: 7, from: 4, step: 0, fill: 0 } satisfies ShedChange);
});

test('no table, no step: nothing would be shed, and that is told once until it was calm', () => {
  const load = new Load();
  load.hasTable = false;
  assert.deepEqual(load.pass(190, 0.9), []);
  assert.equal(load.told, 0, 'a moment is no overload');
  assert.deepEqual(load.pass(20_000, 0.9), []);
  assert.deepEqual(load.pass(5000, 0.01), []);
  assert.deepEqual(load.pass(1000, 0.9), []);
  assert.equal(load.told, 1);
  assert.deepEqual(load.pass(20_000, 0.01), []);
  assert.deepEqual(load.pass(1000, 0.9), []);
  assert.equal(load.told, 2);
  load.hasTable = true;
  assert.deepEqual(load.pass(10, 0.9), [[0, 1]], 'it was too full all the while');
  load.hasTable = false;
  assert.deepEqual(load.pass(2000, 0.9), [[0, 0]]);
  assert.equal(load.told, 2);
});
