/** What counting asks of a recognizer, made ready: numbers instead of names. */
import { type CanonicalForm, canonicalFormOf } from './plain-form.ts';
import type { MaskRule, Recognizer } from './recognizer.ts';

export interface Trait {
  readonly label: string;
  /** Position of the label among all, sorted. */
  readonly number: number;
  readonly mask: MaskRule;
  readonly form: CanonicalForm;
  /** Whether the value stands for somebody. */
  readonly isSubject: boolean;
  /** Whether it stands for a natural person. */
  readonly isPerson: boolean;
  /** Points that only the word before a value gives, where its place does not speak. */
  readonly spoken: number;
  /** Lower stands for the person. */
  readonly rank: number;
}

export function traitsOf(recognizers: readonly Recognizer[]): Trait[] {
  const labels = [...new Set(recognizers.map(({ label }) => label))].sort();
  return recognizers.map(({ label, mask, canonical, subject, priority, score }) => ({
    label,
    number: labels.indexOf(label),
    mask,
    form: canonicalFormOf(canonical),
    isSubject: subject !== 'none',
    spoken: score.pattern + Math.max(1, score.context),
    isPerson: subject === 'person',
    rank: -priority,
  }));
}
