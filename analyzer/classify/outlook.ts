/** What a walk may find at places that allow some recognizers only: states that lead to none of these end it. */
import type { Automaton } from './automaton.ts';
import { longestLow, Octets, Reach, type Searches } from './reach.ts';

export class Outlook {
  /** By state: `dead`, `alive` or `found`. */
  readonly states: Uint8Array;
  readonly #reach: Reach;

  constructor(automaton: Automaton, states: Uint8Array, searches: Searches) {
    this.states = states;
    this.#reach = new Reach(automaton, states, searches);
  }

  /** Whether `bytes[start, end)` with this signature has room for a match, unless a word inside allows more. */
  hasRoom(signature: number, bytes: Uint8Array, start: number, end: number): boolean {
    const reach = this.#reach;
    if (end - start < reach.shortest(signature)) return false;
    if ((signature & Octets.high) === 0 || end - start >= reach.shortestHigh(signature)) return true;
    // Text around numbers: a match without an octet of it lies between.
    return longestLow(bytes, start, end) >= reach.shortest(signature & ~Octets.high);
  }
}
