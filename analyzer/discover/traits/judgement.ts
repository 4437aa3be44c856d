/** What is thought of an API in one respect, and why. Plain and JSON-safe. */
import type { ApiFormat } from '../../call.ts';
import type { PathWords } from '../path-words.ts';

export interface Judgement {
  /** Several are parted by commas; empty when nothing is thought. */
  readonly value: string;
  /**
   * Clauses parted by `; `, each a fixed word and what it is about: `gives id-card,mobile; function export`. Whoever
   * shows them puts the words into a language.
   */
  readonly reason: string;
  /** 0…1; 1 is for what a person said. */
  readonly confidence: number;
}

/** What is asked about, in the order it is shown. */
export const respects = [
  'exposure',
  'caller',
  'audience',
  'access',
  'auth',
  'reach',
  'opaque',
  'grade',
  'level',
] as const;
export type Respect = (typeof respects)[number];

/** An API by name, with the words of its path and operation. */
export interface Described {
  readonly app: string;
  readonly method: string;
  readonly format: ApiFormat;
  readonly functions: readonly string[];
  readonly words: PathWords;
}

export function judged(value: string, reason: string, confidence: number): Judgement {
  return { value, reason, confidence: Math.round(Math.max(0, Math.min(1, confidence)) * 100) / 100 };
}

/** Few calls make no sure judgement: half as sure after one, as sure as it gets after some twenty. */
export function sureness(calls: number): number {
  return calls >= 20 ? 1 : 0.5 + calls / 40;
}

/** The first word of the path or operation that is one of `set`, as it was written; empty when none is. */
export function wordIn({ segments }: PathWords, set: ReadonlySet<string>): string {
  for (const segment of segments) {
    for (let i = 0; i < segment.length; i++) {
      const { text, shown } = segment[i]!;
      if (set.has(text)) return shown;
      if (i > 0 && set.has(segment[i - 1]!.text + text)) return `${segment[i - 1]!.shown} ${shown}`;
    }
  }
  return '';
}
