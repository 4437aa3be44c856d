import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Persons } from '../../../analyzer/classify/persons.ts';
import { Values } from '../../../analyzer/classify/values.ts';
import { generator } from './people.ts';

/** The same rules, as they read: sets of values that grow together. */
class Naive {
  readonly #groups: Set<number>[] = [];
  readonly #rows: { anchor: number; labels: Map<number, number> }[] = [{ anchor: -1, labels: new Map() }];

  rowBegin(): void {
    this.#rows.push({ anchor: -1, labels: new Map() });
  }

  rowEnd(): void {
    if (this.#rows.length === 1) return;
    const row = this.#rows.pop()!;
    const around = this.#rows.at(-1)!;
    if (this.#rows.length === 1 || around.anchor < 0 || row.anchor < 0) return;
    for (const [label, value] of row.labels) if ((around.labels.get(label) ?? value) !== value) return;
    this.#join(row.anchor, around.anchor);
  }

  add(label: number, value: number, alone: boolean): void {
    if (!this.#groups.some((group) => group.has(value))) this.#groups.push(new Set([value]));
    const row = this.#rows.at(-1)!;
    if (alone || row.labels.has(label)) return;
    row.labels.set(label, value);
    if (row.anchor < 0) row.anchor = value;
    else this.#join(value, row.anchor);
  }

  #join(a: number, b: number): void {
    const one = this.#groups.find((group) => group.has(a))!;
    const other = this.#groups.find((group) => group.has(b))!;
    if (one === other) return;
    for (const value of other) one.add(value);
    this.#groups.splice(this.#groups.indexOf(other), 1);
  }

  get count(): number {
    return this.#groups.length;
  }
}

test('persons are counted as their rules say, whatever the order of rows and values', () => {
  const next = generator(41);
  for (let round = 0; round < 400; round++) {
    const persons = new Persons(0);
    const naive = new Naive();
    const nodes = new Map<number, number>();
    for (let step = 0; step < 60; step++) {
      const what = next(6);
      if (what === 0) {
        persons.rowBegin();
        naive.rowBegin();
      } else if (what === 1) {
        persons.rowEnd();
        naive.rowEnd();
      } else {
        const value = 1 + next(20);
        const label = next(4);
        const alone = next(8) === 0;
        nodes.set(value, persons.add(label, 0, nodes.get(value) ?? -1, value, 0, alone));
        naive.add(label, value, alone);
      }
      assert.equal(persons.estimate, naive.count);
    }
    assert.equal(persons.ids().length, naive.count);
    assert.equal(new Set(persons.ids()).size, naive.count);
  }
});

test('rows that were open before the first identifier count as rows', () => {
  const early = new Persons(0);
  early.rowBegin();
  early.rowBegin();
  const late = new Persons(2);
  for (const persons of [early, late]) {
    persons.add(0, 0, -1, 1, 0, false);
    persons.rowEnd();
    persons.add(1, 0, -1, 2, 0, false);
    persons.rowEnd();
    persons.add(0, 0, -1, 3, 0, false);
    assert.equal(persons.estimate, 3);
  }
});

test('every value keeps its number, few or many', () => {
  const values = new Values();
  const next = generator(5);
  const known = new Map<string, number>();
  for (let i = 0; i < 5000; i++) {
    const high = next(60) - 30;
    const low = next(60);
    const at = values.find(high, low);
    assert.equal(at, known.get(`${high} ${low}`) ?? -1);
    if (at < 0) known.set(`${high} ${low}`, values.add(high, low, 0));
  }
  assert.ok(known.size > 2000);
});
