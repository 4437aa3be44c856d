/**
 * What the row around a value says: beside somebody's mobile or identity number, two to four characters that read as a
 * name are one, whatever the column is called. Only where the name of the column says nothing, and decided when the row
 * is over, since the number may come last.
 *
 * Bounds: values of a row that wait; beyond them, and in rows deeper than 30, nothing is decided here.
 */
import { type Automaton, buildAutomaton, matchesWhole } from './automaton.ts';
import type { Machine } from './machine.ts';
import { Meaning } from './name-reader.ts';
import { parsePattern } from './pattern.ts';
import type { Profile } from './profiles.ts';
import type { Recognizer } from './recognizer.ts';
import type { Tables } from './tables.ts';

const mostWaiting = 16;
const deepest = 30;
/** Octets of a value that may wait. */
const longest = 48;

interface Candidate {
  readonly index: number;
  readonly automaton: Automaton;
  readonly machine: Machine;
  readonly row: number;
}

interface Waiting<P> {
  place: P;
  index: number;
  depth: number;
  readonly bytes: Uint8Array;
  length: number;
}

/** Recognizers that a row can speak for. */
export class RowRules {
  readonly #candidates: readonly Candidate[];
  readonly #tables: Tables;

  constructor(recognizers: readonly Recognizer[], machines: readonly Machine[], tables: Tables) {
    this.#tables = tables;
    this.#candidates = [...recognizers.entries()].flatMap(([index, { patterns, score }]): Candidate[] => {
      if (score.row === 0) return [];
      const automaton = buildAutomaton(patterns.map((pattern) => ({ pattern: parsePattern(pattern), owner: 0 })));
      return [{ index, automaton, machine: machines[index]!, row: score.row }];
    });
  }

  /** Whether values of a place may wait for what their row says: its own name says nothing. */
  waitsAt({ meanings }: Profile): boolean {
    return this.#candidates.some(({ index }) => meanings[index] === Meaning.neutral);
  }

  /** The recognizer that the value would be found by if its row spoke for it; -1 for none. */
  match({ meanings }: Profile, bytes: Uint8Array, start: number, end: number): number {
    if (end - start > longest) return -1;
    for (const { index, automaton, machine, row } of this.#candidates) {
      if (meanings[index] !== Meaning.neutral || automaton.first[bytes[start]!] === 0) continue;
      if (!matchesWhole(automaton, bytes, start, end)) continue;
      const { require, prove, pattern, checksum, threshold } = machine;
      if (!require.every((holds) => holds(bytes, start, end, this.#tables))) continue;
      const proven = prove.every((holds) => holds(bytes, start, end, this.#tables));
      if (pattern + row + (proven ? checksum : 0) >= threshold) return index;
    }
    return -1;
  }
}

/** Of one message; `P` is what its reader knows a place by. */
export class RowContext<P> {
  readonly #waiting: Waiting<P>[] = [];
  #count = 0;
  #depth = 0;
  /** By level, a bit: the row holds somebody's number. */
  #speaks = 0;

  begin(): void {
    this.#count = 0;
    this.#depth = 0;
    this.#speaks = 0;
  }

  get isOpen(): boolean {
    return this.#depth > 0;
  }

  rowBegin(): void {
    this.#depth++;
    if (this.#depth <= deepest) this.#speaks &= ~(1 << this.#depth);
  }

  /** A value that stands for a person was found. */
  speak(): void {
    if (this.#depth <= deepest) this.#speaks |= 1 << this.#depth;
  }

  wait(place: P, index: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#count >= mostWaiting || this.#depth > deepest) return;
    let slot = this.#waiting[this.#count];
    if (slot === undefined) {
      slot = { place, index, depth: 0, bytes: new Uint8Array(longest), length: 0 };
      this.#waiting.push(slot);
    }
    this.#count++;
    slot.place = place;
    slot.index = index;
    slot.depth = this.#depth;
    slot.length = end - start;
    for (let i = start; i < end; i++) slot.bytes[i - start] = bytes[i]!;
  }

  /** Tells what the row that ends spoke for. */
  rowEnd(tell: (place: P, index: number, bytes: Uint8Array, length: number) => void): void {
    if (this.#depth === 0) return;
    const speaks = this.#depth <= deepest && (this.#speaks & (1 << this.#depth)) !== 0;
    // What waits was met in the order of rows: those of this one are the last.
    let first = this.#count;
    while (first > 0 && this.#waiting[first - 1]!.depth === this.#depth) first--;
    for (let i = first; speaks && i < this.#count; i++) {
      const { place, index, bytes, length } = this.#waiting[i]!;
      tell(place, index, bytes, length);
    }
    this.#count = first;
    this.#depth--;
  }
}
