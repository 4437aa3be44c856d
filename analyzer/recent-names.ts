/** Names that were met, as many as `most`; beyond, those that came first are forgotten. */
export class RecentNames {
  readonly #names = new Set<string>();

  constructor(private readonly most: number) {}

  /** Whether it was not among them. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    if (this.#names.size > this.most) this.#names.delete(this.#names.values().next().value!);
    return true;
  }

  snapshot(): string[] {
    return [...this.#names];
  }

  restore(names: readonly string[]): void {
    this.#names.clear();
    for (const name of names) this.#names.add(name);
  }
}
