/**
 * Values that one call asks for by the same parameter count as far as its answer has rows or persons: who asks for a list
 * of objects is given a list, and who sends a list of what happened (clicks, quotes, log lines) is not.
 */
export class ListedValues {
  readonly #seen = new Map<string, number>();
  #most = 1;

  /** The next call begins. */
  begin({ records, persons }: { readonly records: number; readonly persons: number }): void {
    if (this.#seen.size > 0) this.#seen.clear();
    this.#most = Math.max(1, records, persons);
  }

  counts(parameter: string): boolean {
    const seen = (this.#seen.get(parameter) ?? 0) + 1;
    this.#seen.set(parameter, seen);
    return seen <= this.#most;
  }
}
