/** Texts that were looked at before are not looked at again: what was found in them is told, or that nothing was. */
import type { LeafKind } from '../leaf.ts';
import type { Hit } from './hit.ts';
import type { Plan } from './places.ts';
import type { Profile } from './profiles.ts';
import { longestQuiet, QuietValues } from './quiet-values.ts';
import { leastRepeated, mostRepeated, Repeats } from './repeats.ts';

/** Who looks at values. */
export interface Looker {
  /** Values that got past the first filter, so far. */
  candidates: number;
  findNew(
    profile: Profile,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): void;
}

export class Remembered {
  readonly #repeats = new Repeats();
  readonly #quiet = new QuietValues();

  constructor(private readonly looker: Looker) {}

  /** What is in a whole text. */
  find(plan: Plan, bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    const { profile, habit, short } = plan;
    const length = end - start;
    if (length <= longestQuiet) {
      if (short.isWorthwhile()) {
        this.#findShort(plan, bytes, start, end, hit);
        return;
      }
    } else if (length >= leastRepeated && length <= mostRepeated && habit.isWorthwhile()) {
      this.#findAgain(plan, bytes, start, end, hit);
      return;
    }
    this.looker.findNew(profile, 'text', bytes, start, end, false, hit);
  }

  #findAgain({ profile, habit }: Plan, bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    const repeats = this.#repeats;
    const { looker } = this;
    const known = repeats.knows(profile, bytes, start, end);
    habit.note(known);
    if (known) {
      looker.candidates += repeats.tell(bytes, start, hit);
      return;
    }
    const before = looker.candidates;
    repeats.begin(bytes, start, hit);
    looker.findNew(profile, 'text', bytes, start, end, false, repeats.note);
    repeats.keep(profile, start, end, looker.candidates - before);
  }

  #findShort({ profile, short }: Plan, bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    const quiet = this.#quiet;
    const { looker } = this;
    const candidates = quiet.ask(profile, bytes, start, end);
    short.note(candidates >= 0);
    if (candidates >= 0) {
      looker.candidates += candidates;
      return;
    }
    const before = looker.candidates;
    quiet.begin(hit);
    looker.findNew(profile, 'text', bytes, start, end, false, quiet.note);
    quiet.keep(profile, end - start, looker.candidates - before);
  }
}
