/**
 * What people decided of learning: of whom nothing more is learnt (frozen), and of whom what was learnt is forgotten once
 * (learnt anew). It holds for what is usual of the subject itself: an application's are its functions, failures, times
 * and hours, not those of its APIs or callers.
 *
 * Bound: as many subjects as people named.
 */

export type TaughtKind = 'api' | 'account' | 'client' | 'app';

export interface LearningWord {
  readonly kind: TaughtKind;
  /** API id, ten digits of an account's hash, address, application. */
  readonly id: string;
  /** The last word on it. */
  readonly action: 'freeze' | 'relearn' | 'clear';
  /** When it was last said that it is to be learnt anew, wall clock µs; 0: never. */
  readonly relearnt: number;
}

/** By subject: which word of that kind was followed. */
export type TeachingSnapshot = readonly (readonly [subject: string, relearnt: number])[];

/** Whether nothing more is learnt of a subject. `id` as calls have it. */
export type IsFrozen = (kind: string, id: string) => boolean;

export function neverFrozen(): boolean {
  return false;
}

/** A subject that is to be forgotten. */
export type IsForgotten = (kind: string, id: string) => boolean;

export class Teaching {
  #frozen = new Set<string>();
  #words: readonly LearningWord[] = [];
  readonly #relearnt = new Map<string, number>();

  /** `idOf`: the id that an API has now. */
  constructor(private readonly idOf: (apiId: string) => string) {}

  readonly isFrozen: IsFrozen = (kind, id) => this.#frozen.size > 0 && this.#frozen.has(this.#nameOf(kind, id));

  /** All that people said; `forget` is told whom to forget now, which happens once for each word. */
  hear(words: readonly LearningWord[], forget: (isForgotten: IsForgotten) => void): void {
    this.#words = words;
    this.#frozen = new Set(words.flatMap((word) => (word.action === 'freeze' ? [this.#subjectOf(word)] : [])));
    const due = new Set<string>();
    for (const word of words) {
      const subject = this.#subjectOf(word);
      if (word.relearnt <= (this.#relearnt.get(subject) ?? 0)) continue;
      this.#relearnt.set(subject, word.relearnt);
      due.add(subject);
    }
    if (due.size > 0) forget((kind, id) => due.has(this.#nameOf(kind, id)));
  }

  #nameOf(kind: string, id: string): string {
    return kind === 'api' ? `api ${this.idOf(id)}` : kind === 'account' ? `account ${id.slice(-10)}` : `${kind} ${id}`;
  }

  #subjectOf({ kind, id }: LearningWord): string {
    return this.#nameOf(kind, id);
  }

  snapshot(): TeachingSnapshot {
    return [...this.#relearnt].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(snapshot: TeachingSnapshot): void {
    this.#relearnt.clear();
    for (const [subject, relearnt] of snapshot) this.#relearnt.set(subject, relearnt);
    // Ids of now may have changed with what was restored beside.
    this.#frozen = new Set(this.#words.flatMap((word) => (word.action === 'freeze' ? [this.#subjectOf(word)] : [])));
  }
}
