import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FollowedSessions } from '../../../analyzer/observe/followed-sessions.ts';
import { type Aged, Generations } from '../../../analyzer/observe/generations.ts';
import { Recent } from '../../../analyzer/observe/recent.ts';
import { randomOf } from '../detect/rules-of.ts';

interface Entry extends Aged {
  readonly name: string;
  weight: number;
}

test('generations keep and forget what Recent keeps and forgets', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const most = 4 + random(20);
    const mostWeight = seed % 2 === 0 ? 200 : Number.POSITIVE_INFINITY;
    const model = new Recent<{ weight: number }>(most, mostWeight, ({ weight }) => weight);
    const table = new Map<string, Entry>();
    const generations = new Generations<Entry>(
      most,
      ({ name }) => table.delete(name),
      mostWeight,
      (e) => e.weight,
    );
    const told = (): unknown => {
      const shown = (entries: readonly Entry[]) => entries.map(({ name, weight }) => [name, { weight }]);
      return { old: shown(generations.old()), young: shown(generations.young()), evicted: generations.evicted };
    };
    for (let step = 0; step < 2000; step++) {
      const name = `n${random(2 * most)}`;
      let entry = table.get(name);
      if (!generations.touch(entry)) {
        entry = { turn: 0, name, weight: 1 };
        table.set(name, entry);
        generations.add(entry);
      }
      const known = model.touch(name, () => ({ weight: 1 }));
      const by = random(9) - 3;
      entry.weight += by;
      known.weight += by;
      generations.grow(by);
      model.grow(by);
      if (step % 97 === 0) generations.restore(generations.old(), [...generations.young()], generations.evicted);
      if (step % 97 === 0)
        model.restore(
          model.snapshot((value) => value),
          (value) => value,
        );
      if (step % 50 === 0) {
        assert.deepEqual(
          told(),
          model.snapshot(({ weight }) => ({ weight })),
          `seed ${seed}, step ${step}`,
        );
        assert.equal(table.size, model.size);
      }
    }
  }
});

test('sessions are followed in the order of their use, 64 of them, a snapshot in between or not', () => {
  const random = randomOf(5);
  let sessions = new FollowedSessions();
  const model = new Map<string, readonly [number, number]>();
  for (let step = 0; step < 5000; step++) {
    const session = `s${random(90)}`;
    const [value, person] = [random(3), random(2)];
    const known = model.get(session);
    let expected: string | null = null;
    if (known === undefined || known[0] !== value || known[1] !== person) {
      if (known !== undefined && known[0] !== value) expected = known[1] === person ? 'same' : 'other';
      model.delete(session);
      if (model.size >= 64) model.delete([...model.keys()][0]!);
      model.set(session, [value, person]);
    }
    assert.equal(sessions.follow(session, value, person), expected);
    if (step % 100 === 0) {
      assert.deepEqual(sessions.snapshot(), [...model]);
      sessions = FollowedSessions.of(sessions.snapshot());
    }
  }
});
