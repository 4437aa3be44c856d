/**
 * What a recognizer is, as plain data: files under rules/recognizers/ say it, deploy/content/ reads them, and the set
 * crosses threads. `compile` in classifier.ts makes a machine of it.
 */
import type { LeafPlace } from '../leaf.ts';

export type Sensitivity = 'high' | 'medium' | 'low';
/** `anywhere`: also inside longer text, at boundaries. `value`: the value as a whole, and only where its name says so. */
export type Scope = 'anywhere' | 'value';
/** Whom a value stands for: a natural person, an account of one, or nobody in particular. */
export type Subject = 'person' | 'account' | 'none';

/** Points of a hundred. A value is found when their sum reaches `threshold`. */
export interface Score {
  /** The pattern fits and every required validator holds. */
  readonly pattern: number;
  /** Every proof holds too (where a recognizer names none: always). */
  readonly checksum: number;
  /** The field's name says so. */
  readonly context: number;
  /** The field's name allows it among other things. */
  readonly hint: number;
  /** A person's identifier stands in the same row, and the field's name says nothing. */
  readonly row: number;
  /** Taken off when the name means something that no list knows. */
  readonly other: number;
  /** Taken off when the name speaks against it. */
  readonly exclude: number;
  readonly threshold: number;
}

export interface MaskRule {
  /** Characters left in clear at the beginning and at the end; never more than half of the value together. */
  readonly head: number;
  readonly tail: number;
  /** `email` keeps the domain; `hide` shows nothing, not even the length. */
  readonly style: 'keep' | 'email' | 'hide';
}

export interface Example {
  /** The name of the field; empty for a bare value or running text. */
  readonly field: string;
  readonly value: string;
}

export interface Recognizer {
  /** Unique; the file's name without `.yaml`. */
  readonly name: string;
  /** The label it gives; several recognizers may give the same. */
  readonly label: string;
  readonly title: string;
  readonly titleZh: string;
  /** JR/T 0158-2018: 1 low … 4 very high. */
  readonly level: number;
  /** JR/T 0171-2020 class, C1 … C3; empty when it has none. */
  readonly dataClass: string;
  readonly sensitivity: Sensitivity;
  readonly scope: Scope;
  /** Parts of a message it is looked for in; empty for all. */
  readonly places: readonly LeafPlace[];
  /** In the language of pattern.ts; empty where `matcher` finds the value. */
  readonly patterns: readonly string[];
  /** A structural matcher by name; empty for none. */
  readonly matcher: string;
  /** Patterns of the masked form. */
  readonly masked: readonly string[];
  /** Validators that must hold, and those that prove; by name. */
  readonly require: readonly string[];
  readonly prove: readonly string[];
  /** Words of field names. A leading `=` takes the whole name only. */
  readonly context: readonly string[];
  readonly hint: readonly string[];
  readonly exclude: readonly string[];
  readonly score: Score;
  readonly mask: MaskRule;
  /** The canonical form that is hashed and counted, by name. */
  readonly canonical: string;
  readonly subject: Subject;
  /** Higher wins between equal scores. */
  readonly priority: number;
  readonly found: readonly Example[];
  readonly pass: readonly Example[];
}

/** Tables that validators and the name reader consult. */
export interface Reference {
  /** Issuer prefixes of Chinese bank cards. */
  readonly bankBins: readonly string[];
  /** GB/T 2260 division codes, current and withdrawn. */
  readonly regions: readonly string[];
  /** Chinese surnames, the compound ones too. */
  readonly surnames: readonly string[];
  /** Characters that given names are made of. */
  readonly givenNames: string;
  readonly weakPasswords: readonly string[];
  /** Group → words of field names: `neutral` names say nothing, `facet` words turn a name into one about the field,
   *  `boolean` words begin a flag's name, `modifier` words stand before or after without changing the meaning. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

export interface RecognizerSet {
  readonly recognizers: readonly Recognizer[];
  readonly reference: Reference;
}
