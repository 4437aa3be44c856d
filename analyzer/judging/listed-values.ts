/**
 * Values that one call asks for by the same parameter count as far as its answer has rows or persons: who asks for a list
 * of objects is given a list, and who sends a list of what happened (clicks, quotes, log lines) is not.
 */
export class ListedValues {
  /** Parameters of the call so far, and how often each: few, so that a list is looked through faster than a map. */
  readonly #names: string[] = [];
  readonly #times: number[] = [];
  #most = 1;

  /** The next call begins. */
  begin({ records, persons }: { readonly records: number; readonly persons: number }): void {
    while (this.#names.length > 0) this.#names.pop();
    while (this.#times.length > 0) this.#times.pop();
    this.#most = Math.max(1, records, persons);
  }

  counts(parameter: string): boolean {
    const at = this.#names.indexOf(parameter);
    if (at >= 0) return ++this.#times[at]! <= this.#most;
    this.#names.push(parameter);
    this.#times.push(1);
    return true;
  }
}
