/** What commands about content list. */

/** One document of a content file, or one check of it. */
export interface RuleRow {
  /** As told to people. */
  readonly file: string;
  /** Name of the rule; empty where a mistake leaves it without one. */
  readonly rule: string;
  /** `detection`, `correlation`, `filter` or `recognizer`; of an example what it must be: `found` or `pass`. */
  readonly kind: string;
  readonly ok: boolean;
  /** Title, or what the example is about; where `ok` is false, what is wrong with file, line and what to do. */
  readonly message: string;
  /** The same in Simplified Chinese; absent where there is none. */
  readonly messageZh?: string;
}
