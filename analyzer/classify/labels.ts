/** What a label stands for, from the recognizers that give it: its level, and whether its values prove themselves. */
import type { Recognizer, RecognizerSet, Sensitivity } from './recognizer.ts';

/**
 * Validators that compute: a random value rarely passes one. Taiwan's identity numbers are not among them: one in fifty of
 * Shanghai's securities accounts passes, so their columns decide.
 */
const proofs = new Set(['gb11643', 'luhn', 'uscc', 'organisation-code', 'hong-kong-id', 'jwt', 'iban']);
/** Points for the pattern alone that only a structure of its own is given: e-mail, plate, key with a vendor's prefix. */
const ownStructure = 70;

/** JR/T 0158-2018 level by label, 1…4; the highest where recognizers of one label differ. */
export function labelLevels(set: RecognizerSet): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const { label, level } of set.recognizers) levels.set(label, Math.max(level, levels.get(label) ?? 0));
  return levels;
}

/** Labels of JR/T 0171 class C2 and C3: what identifies a person, tells what he owns, or proves who he is. */
export function classifiedLabels(set: RecognizerSet): ReadonlySet<string> {
  const labels = set.recognizers.filter(({ dataClass }) => dataClass === 'C2' || dataClass === 'C3');
  return new Set(labels.map(({ label }) => label));
}

/** Sensitivity by label; the highest where recognizers of one label differ. */
export function labelSensitivities(set: RecognizerSet): ReadonlyMap<string, Sensitivity> {
  const ranks: readonly Sensitivity[] = ['low', 'medium', 'high'];
  const sensitivities = new Map<string, Sensitivity>();
  for (const { label, sensitivity } of set.recognizers) {
    const known = sensitivities.get(label);
    if (known === undefined || ranks.indexOf(sensitivity) > ranks.indexOf(known)) sensitivities.set(label, sensitivity);
  }
  return sensitivities;
}

/** Labels whose values carry a check digit or a structure of their own; the label's strongest recognizer decides. */
export function provenLabels(set: RecognizerSet): ReadonlySet<string> {
  const strongest = new Map<string, Recognizer>();
  for (const recognizer of set.recognizers) {
    const known = strongest.get(recognizer.label);
    if (known === undefined || recognizer.priority > known.priority) strongest.set(recognizer.label, recognizer);
  }
  const proven = new Set<string>();
  for (const [label, { require, prove, score }] of strongest) {
    const computes = require.some((name) => proofs.has(name)) || prove.some((name) => proofs.has(name));
    if (computes || score.pattern >= ownStructure) proven.add(label);
  }
  return proven;
}
