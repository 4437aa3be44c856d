/** One recognizer made ready: names resolved, patterns compiled, lengths known. */
import { type Automaton, buildAutomaton } from './automaton.ts';
import type { Validator } from './checksums.ts';
import { images } from './images.ts';
import { Meaning } from './name-reader.ts';
import { leastLength, leastNumber, parsePattern } from './pattern.ts';
import type { Recognizer } from './recognizer.ts';
import { validators } from './validators.ts';

export interface Machine {
  readonly require: readonly Validator[];
  readonly prove: readonly Validator[];
  readonly pattern: number;
  readonly checksum: number;
  readonly threshold: number;
  /** Points by `Meaning`. */
  readonly meanings: readonly number[];
  readonly whole: Automaton | undefined;
  /** The beginning of the value suffices: pictures are longer than what is held of a value. */
  readonly mayBeCut: boolean;
  /** Octets of the shortest match. */
  readonly least: number;
  /** The same for a JSON number. */
  readonly leastNumber: number;
}

/** Octets of the shortest address there is: a@b.cn. */
const leastEmail = 6;

export function machineOf({ name, scope, patterns, require, prove, score }: Recognizer): Machine {
  const byName = (validator: string): Validator => {
    const found = validators[validator];
    if (found === undefined) throw new Error(`recognizer ${name} names the unknown validator ${validator}`);
    return found;
  };
  const parsed = patterns.map(parsePattern);
  const { context, hint, other, exclude } = score;
  const meanings: number[] = [];
  meanings[Meaning.other] = -other;
  meanings[Meaning.neutral] = 0;
  meanings[Meaning.hint] = hint;
  meanings[Meaning.context] = context;
  meanings[Meaning.exclude] = -exclude;
  return {
    require: require.map(byName),
    prove: prove.map(byName),
    pattern: score.pattern,
    checksum: score.checksum,
    threshold: score.threshold,
    meanings,
    least: Math.min(...(parsed.length === 0 ? [leastEmail] : parsed.map(leastLength))),
    leastNumber: Math.min(...parsed.map(leastNumber)),
    mayBeCut: require.some((validator) => validator in images),
    whole: scope === 'value' ? buildAutomaton(parsed.map((pattern) => ({ pattern, owner: 0 }))) : undefined,
  };
}
