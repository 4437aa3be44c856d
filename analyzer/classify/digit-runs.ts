/**
 * The part of an automaton that digits alone reach, laid out densely: most numbers that matter are nothing but digits,
 * and a walk of theirs through the whole table would touch a distant line of memory with each.
 */
import { type Automaton, step } from './automaton.ts';

/** Digits up to which runs are told apart by length. */
export const longestRun = 32;

export class DigitRuns {
  /** `next[state + digit]`, where states are numbered in steps of ten; 0 is the dead one, 10 the first. */
  readonly next: Uint16Array | Int32Array;
  /** By state, undivided: index into the automaton's `sets`. */
  readonly accepts: Uint16Array;

  constructor(private readonly automaton: Automaton) {
    const { start, accepts } = automaton;
    const numbers = new Map([
      [0, 0],
      [start, 10],
    ]);
    const states = [0, start];
    const rows: number[] = new Array(10).fill(0);
    for (let at = 1; at < states.length; at++) {
      for (let digit = 0; digit < 10; digit++) {
        const to = step(automaton, states[at]!, 0x30 + digit);
        let number = numbers.get(to);
        if (number === undefined) {
          number = states.push(to) * 10 - 10;
          numbers.set(to, number);
        }
        rows.push(number);
      }
    }
    // Patterns may be large enough that two octets don't number their states.
    this.next = rows.length > 0xffff ? Int32Array.from(rows) : Uint16Array.from(rows);
    this.accepts = new Uint16Array(rows.length);
    for (const [at, state] of states.entries()) this.accepts[at * 10] = accepts[state]!;
  }

  /** Owners that end at a run of so many digits, by the run's length up to `longestRun`. */
  owners(): ReadonlySet<number>[] {
    let states = new Set([10]);
    const owners: Set<number>[] = [new Set()];
    for (let length = 1; length <= longestRun; length++) {
      const reached = new Set<number>();
      for (const state of states) for (let digit = 0; digit < 10; digit++) reached.add(this.next[state + digit]!);
      reached.delete(0);
      const found = new Set<number>();
      for (const state of reached) for (const owner of this.automaton.sets[this.accepts[state]!]!) found.add(owner);
      owners.push(found);
      states = reached;
    }
    return owners;
  }
}
