/** Names of subjects, each made once: the same text again is found by its address, and not letter by letter. Bounded. */
import { BoundedCache } from '../bounded-cache.ts';
import type { Subject, SubjectKind } from '../observation.ts';

const mostNames = 16_384;

export class SubjectNames {
  readonly #byKind = new Map<SubjectKind, BoundedCache<string>>();
  /** The one asked for last: a call asks several times about its own. */
  #last: Subject | null = null;
  #name = '';

  /** Kind and id. */
  of(subject: Subject): string {
    if (subject === this.#last) return this.#name;
    const { kind, id } = subject;
    let names = this.#byKind.get(kind);
    if (names === undefined) this.#byKind.set(kind, (names = new BoundedCache(mostNames)));
    this.#last = subject;
    this.#name = names.get(id) ?? names.set(id, `${kind} ${id}`);
    return this.#name;
  }
}
