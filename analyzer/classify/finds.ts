/** What is found in one value, kept: for values that come again at places of the same name. */
import type { LeafNode } from '../leaf.ts';
import type { Classifier } from './classifier.ts';

export interface Find {
  /** Of the recognizer. */
  readonly index: number;
  /** What was found, copied. */
  readonly bytes: Uint8Array;
  readonly masked: boolean;
  readonly score: number;
}

export interface Finds {
  /** How often a match was tried. */
  readonly tried: number;
  /** Octets of the whole text. */
  readonly length: number;
  readonly finds: readonly Find[];
}

const nothing: Finds = Object.freeze({ tried: 0, length: 0, finds: Object.freeze([]) });

/** In a text that is whole. */
export function findsIn(classifier: Classifier, node: LeafNode, bytes: Uint8Array, start: number, end: number): Finds {
  if (end - start < 2) return nothing;
  const finds: Find[] = [];
  const before = classifier.candidates;
  classifier.find(
    classifier.plan(node),
    'text',
    bytes,
    start,
    end,
    false,
    (index, from, begin, stop, masked, score) => {
      finds.push({ index, bytes: new Uint8Array(from.subarray(begin, stop)), masked, score });
    },
  );
  const tried = classifier.candidates - before;
  return tried === 0 && finds.length === 0 ? nothing : { tried, length: end - start, finds };
}
