/** People's mistakes in a configuration: all of them are collected, each one a sentence with its place. */

/** Where in a file something stands. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** More than this many are cut: a file that is no configuration at all would fill the screen. */
const MOST = 50;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each, with file, line, column and what to do. Never empty, at most 51. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export class Problems {
  readonly #sentences: string[] = [];
  #beyond = 0;

  /** `what` is wrong; `advice`, where given, says what to do. */
  add(what: string, place: Place, advice?: string): void {
    if (this.#sentences.length === MOST) this.#beyond++;
    else {
      const where = `${place.file}:${place.line}:${place.column}`;
      this.#sentences.push(`${what} at ${where}${advice === undefined ? '' : `; ${advice}`}`);
    }
  }

  throwIfAny(): void {
    if (this.#sentences.length === 0) return;
    throw new ConfigError(this.#beyond === 0 ? this.#sentences : [...this.#sentences, `and ${this.#beyond} more`]);
  }
}

/** The known name a misspelt one most likely meant; undefined when none is near. Differences in case do not count. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Damerau-Levenshtein distance (optimal string alignment): a swap of neighbours is one mistake, as typists make it. */
function editDistance(a: string, b: string): number {
  // A name much longer than any key is near none; the table stays small.
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(last[j] + 1, row[j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, before[j - 2] + 1);
      row.push(distance);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}
