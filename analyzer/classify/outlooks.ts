/**
 * Outlooks by what a place allows: worked out once for all places that allow the same. Values without room for anything
 * need no walk.
 */
import type { LeafKind } from '../leaf.ts';
import type { Automaton } from './automaton.ts';
import type { KeyBefore } from './key-before.ts';
import { Outlook } from './outlook.ts';
import type { Profile, Profiles } from './profiles.ts';
import { alive, dead, found, longestWord, nothing, Octets, Reach, type Searches } from './reach.ts';

/** Outlooks kept; who comes later looks for everything, which finds the same and takes longer. */
const mostOutlooks = 64;
/** Searches for shortest matches, of all outlooks together. */
const mostSearches = 4096;

/** Kinds of octets that the walk looks for beside what the automaton finds. */
const walked = Octets.at | Octets.star | Octets.wide;
/** Kinds of octets that words are made of. */
const spoken = Octets.letter | Octets.high;

export class Outlooks {
  /** For whom anything may be found. */
  readonly everything: Outlook;
  readonly #kept = new Map<string, Outlook>();
  readonly #searches: Searches = { left: mostSearches };
  readonly #reach: Reach;

  constructor(
    private readonly automaton: Automaton,
    private readonly profiles: Profiles,
    private readonly key: KeyBefore,
  ) {
    const all = automaton.accepts.map((set) => (set === 0 ? 0 : 1));
    this.everything = this.#make(Uint8Array.from(all));
    this.#reach = new Reach(automaton, this.everything.states, { left: Number.POSITIVE_INFINITY });
  }

  of(profile: Profile): Outlook {
    return (profile.outlook ??= this.#find(profile));
  }

  /** Whether a walk may find anything, told from what the value consists of. */
  mayHold(profile: Profile, kind: LeafKind, signature: number, bytes: Uint8Array, start: number, end: number): boolean {
    if ((signature & walked) !== 0) return true;
    const reach = this.#reach;
    const shortest = reach.shortest(signature);
    if (shortest === nothing || end - start < shortest) return false;
    // Prose without digits: a match needs a long word, or a long text where it may have blanks in it.
    if (
      (signature & (Octets.digit | Octets.blank)) === Octets.blank &&
      end - start < reach.shortestBroken(signature) &&
      longestWord(bytes, start, end) < reach.shortest(signature & ~Octets.blank)
    ) {
      return false;
    }
    if (this.of(profile).hasRoom(signature, bytes, start, end)) return true;
    return kind === 'text' && (signature & spoken) !== 0 && this.key.maySpeak(bytes, start, end);
  }

  #find(profile: Profile): Outlook {
    const { sets, accepts } = this.automaton;
    const able = sets.map((_, set) => (this.profiles.candidates(profile, set).length > 0 ? 1 : 0));
    const key = able.join('');
    let outlook = this.#kept.get(key);
    if (outlook === undefined) {
      if (this.#kept.size >= mostOutlooks) return this.everything;
      outlook = this.#make(Uint8Array.from(accepts, (set) => able[set]!));
      this.#kept.set(key, outlook);
    }
    return outlook;
  }

  /** `ends`: 1 for states in which a match that counts ends. */
  #make(ends: Uint8Array): Outlook {
    const { next, stride } = this.automaton;
    const states = ends.map((end) => (end === 1 ? found : dead));
    // Most steps lead to states with higher numbers, so that few rounds from the last to the first reach them all.
    for (let changed = true; changed; ) {
      changed = false;
      for (let state = states.length - 1; state > 0; state--) {
        if (states[state] !== dead) continue;
        const row = state * stride;
        let column = 0;
        while (column < stride && states[next[row + column]!] === dead) column++;
        if (column === stride) continue;
        states[state] = alive;
        changed = true;
      }
    }
    return new Outlook(this.automaton, states, this.#searches);
  }
}
