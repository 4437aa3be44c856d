/** How well learnt templates fit the true ones (domain/templating.md §5). */

/** Requests by true template and by the one they were counted under. */
export class Confusion {
  readonly #byTrue = new Map<string, Map<string, number>>();
  readonly #byLearnt = new Map<string, Set<string>>();

  /** One request of the true operation was counted under the learnt one. */
  add(truth: string, learnt: string, requests = 1): void {
    let counts = this.#byTrue.get(truth);
    if (counts === undefined) this.#byTrue.set(truth, (counts = new Map()));
    counts.set(learnt, (counts.get(learnt) ?? 0) + requests);
    const meant = this.#byLearnt.get(learnt);
    if (meant === undefined) this.#byLearnt.set(learnt, new Set([truth]));
    else meant.add(truth);
  }

  score(): Score {
    let exact = 0;
    let merged = 0;
    let split = 0;
    for (const [truth, counts] of this.#byTrue) {
      if (this.#byLearnt.has(truth)) exact++;
      const all = sum(counts.values());
      const [largest, most] = largestOf(counts);
      if (this.#byLearnt.get(largest)!.size > 1) merged++;
      if (most < 0.95 * all) split++;
    }
    const precision = exact / this.#byLearnt.size;
    const recall = exact / this.#byTrue.size;
    return {
      truth: this.#byTrue.size,
      precision,
      recall,
      f1: exact === 0 ? 0 : (2 * precision * recall) / (precision + recall),
      overMerge: merged / this.#byTrue.size,
      overSplit: split / this.#byTrue.size,
      explosion: this.#byLearnt.size / this.#byTrue.size,
    };
  }

  /** Learnt templates that are none, and true ones that were not found, most requests first. */
  mistakes(): { wrong: string[]; missing: string[] } {
    const wrong = [...this.#byLearnt.keys()].filter((learnt) => !this.#byTrue.has(learnt));
    const missing = [...this.#byTrue.keys()].filter((truth) => !this.#byLearnt.has(truth));
    return { wrong: wrong.sort(), missing: missing.sort() };
  }
}

export interface Score {
  /** True templates in the traffic. */
  readonly truth: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share of true templates whose largest group holds another one's requests too. */
  readonly overMerge: number;
  /** Share of true templates whose largest group holds less than 95 % of their requests. */
  readonly overSplit: number;
  /** Learnt for each true one. */
  readonly explosion: number;
}

export function meanScore(scores: readonly Score[]): Score {
  const mean = (of: (score: Score) => number) => sum(scores.map(of)) / scores.length;
  return {
    truth: sum(scores.map(({ truth }) => truth)),
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    overMerge: mean(({ overMerge }) => overMerge),
    overSplit: mean(({ overSplit }) => overSplit),
    explosion: mean(({ explosion }) => explosion),
  };
}

/** A template in the one spelling that is compared: parameters without their names. */
export function canonical(template: string): string {
  const bare = template.replace(/\{[^{}]*\}/g, '{}').replace(/\/{2,}/g, '/');
  return bare.length > 1 && bare.endsWith('/') ? bare.slice(0, -1) : bare;
}

function largestOf(counts: ReadonlyMap<string, number>): [string, number] {
  let best: [string, number] = ['', -1];
  for (const [name, count] of counts) if (count > best[1]) best = [name, count];
  return best;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
