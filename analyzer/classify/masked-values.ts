/** Values that come masked (`138****5678`, `张*`): a type of their own, never a find in clear. */
import type { Automaton } from './automaton.ts';
import type { Hit } from './hit.ts';
import { Meaning } from './name-reader.ts';
import { isAlphanumeric, leadsHan } from './octets.ts';
import type { Profile, Profiles } from './profiles.ts';
import type { Recognizer } from './recognizer.ts';

const star = 0x2a;
/** Octets of the longest masked form there is: without a bound a long run would be walked from each of its words. */
const longestForm = 192;

export class MaskedValues {
  constructor(
    private readonly automaton: Automaton,
    private readonly recognizers: readonly Recognizer[],
    private readonly profiles: Profiles,
  ) {}

  /** True when all of the value is one masked value. */
  find(profile: Profile, bytes: Uint8Array, start: number, end: number, hit: Hit): boolean {
    const { first, sets } = this.automaton;
    let whole = false;
    for (let from = start; from < end; from++) {
      if (first[bytes[from]!] === 0 || !mayBegin(bytes, start, from)) continue;
      const match = this.#longest(bytes, from, end);
      if (match < 0) continue;
      const to = Math.floor(match / 65_536);
      const best = this.#choose(profile, sets[match % 65_536]!);
      if (best < 0) continue;
      if (from === start && to === end) whole = true;
      hit(best, bytes, from, to, true, 100);
      from = to - 1;
    }
    return whole;
  }

  /** End × 65,536 + accept set of the longest match; -1 for none. */
  #longest(bytes: Uint8Array, from: number, end: number): number {
    const { columns, next, stride, accepts, start } = this.automaton;
    let state = start;
    let match = -1;
    const stop = Math.min(end, from + longestForm);
    for (let i = from; i < stop; i++) {
      state = next[Math.imul(state, stride) + columns[bytes[i]!]!]!;
      if (state === 0) break;
      const accepted = accepts[state]!;
      if (accepted === 0) continue;
      const after = i + 1 < end ? bytes[i + 1]! : 0;
      if (isAlphanumeric[after] === 1 || after === star) continue;
      match = (i + 1) * 65_536 + accepted;
    }
    return match;
  }

  /** The recognizer that the place's name speaks for most; -1 when it speaks against all. */
  #choose({ meanings }: Profile, candidates: readonly number[]): number {
    let best = -1;
    let bestMeaning = -1;
    for (const index of candidates) {
      const meaning = meanings[index]!;
      if (meaning === Meaning.exclude) continue;
      if (this.recognizers[index]!.scope === 'value' && meaning < Meaning.hint) continue;
      if (meaning > bestMeaning || (meaning === bestMeaning && this.profiles.outranks(index, best))) {
        best = index;
        bestMeaning = meaning;
      }
    }
    return best;
  }
}

function mayBegin(bytes: Uint8Array, start: number, from: number): boolean {
  if (from === start) return true;
  const before = bytes[from - 1]!;
  if (isAlphanumeric[before] === 1 || before === star) return false;
  // Not inside a run of ideographs: 委托人张* is no name of its own.
  return !(bytes[from]! >= 0x80 && before >= 0x80 && from - 3 >= start && leadsHan(bytes[from - 3]!));
}
