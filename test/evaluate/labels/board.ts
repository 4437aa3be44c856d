/** Precision and recall, by label. */

export class Tally {
  hit = 0;
  wrong = 0;
  missed = 0;

  get precision(): number {
    return this.hit + this.wrong === 0 ? 1 : this.hit / (this.hit + this.wrong);
  }

  get recall(): number {
    return this.hit + this.missed === 0 ? 1 : this.hit / (this.hit + this.missed);
  }

  add({ hit, wrong, missed }: Tally): void {
    this.hit += hit;
    this.wrong += wrong;
    this.missed += missed;
  }

  toString(): string {
    const { hit, wrong, missed } = this;
    return `P ${this.precision.toFixed(4)} R ${this.recall.toFixed(4)} (hit ${hit}, wrong ${wrong}, missed ${missed})`;
  }
}

export class Board {
  readonly #tallies = new Map<string, Tally>();

  of(label: string): Tally {
    let tally = this.#tallies.get(label);
    if (tally === undefined) this.#tallies.set(label, (tally = new Tally()));
    return tally;
  }

  /** Multisets of `label` or `label\tvalue` against each other. */
  compare(expected: readonly string[], found: readonly string[]): void {
    const open = [...found];
    for (const item of expected) {
      const at = open.indexOf(item);
      if (at < 0) this.of(labelIn(item)).missed++;
      else {
        open.splice(at, 1);
        this.of(labelIn(item)).hit++;
      }
    }
    for (const item of open) this.of(labelIn(item)).wrong++;
  }

  get total(): Tally {
    return this.sum([...this.#tallies.keys()]);
  }

  sum(labels: readonly string[]): Tally {
    const sum = new Tally();
    for (const label of labels) sum.add(this.of(label));
    return sum;
  }

  /** By label, all of them last. */
  rows(): string[][] {
    const sorted = [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      ['label', 'P', 'R', 'found', 'wrong', 'missed'],
      ...sorted.map(([label, tally]) => cells(label, tally)),
      cells('all', this.total),
    ];
  }
}

function cells(name: string, { precision, recall, hit, wrong, missed }: Tally): string[] {
  return [name, precision.toFixed(4), recall.toFixed(4), String(hit), String(wrong), String(missed)];
}

function labelIn(item: string): string {
  return item.split('\t', 1)[0]!;
}
