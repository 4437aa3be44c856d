/** The names that content files may use, and the check of a pattern: what a reader of recognizers needs to know. */
import type { LeafPlace } from '../leaf.ts';
import { buildAutomaton } from './automaton.ts';
import { canonicalForms } from './canonical.ts';
import { PatternError, parsePattern } from './pattern.ts';
import { validators } from './validators.ts';

export const recognizerNames = {
  validators: Object.keys(validators).sort(),
  canonicalForms: Object.keys(canonicalForms).sort(),
  matchers: ['email', 'name'],
  places: ['path', 'query', 'header', 'cookie', 'body'] satisfies LeafPlace[] as LeafPlace[],
  /** What is wrong with a pattern, in a sentence; undefined when nothing is. */
  patternProblem(text: string): string | undefined {
    try {
      buildAutomaton([{ pattern: parsePattern(text), owner: 0 }]);
      return undefined;
    } catch (error) {
      if (error instanceof PatternError) return error.message;
      throw error;
    }
  },
} as const;
