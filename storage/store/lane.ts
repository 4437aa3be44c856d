/** Runs tasks one after the other, in the order they came. A failed task fails its caller alone. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when what was given so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
