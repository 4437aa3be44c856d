/**
 * What classification tells of one side of an exchange: facts, plain and JSON-safe, without a clear value. Lists are in
 * a fixed order, so the same message gives the same octets.
 */

export interface SideSummary {
  /** By label. */
  readonly labels: readonly LabelCount[];
  /** Values that came masked, by label and form. */
  readonly maskedForms: readonly MaskedForm[];
  /** Places that values were found or tried at, by place and path; at most 64. */
  readonly places: readonly PlaceSummary[];
  /** Identifiers given out, each once a place, in the order they were met first; at most 10,000. */
  readonly identifiers: readonly Identifier[];
  /** Estimate of the natural persons: ids, mobiles, cards and accounts of one row are one. */
  readonly persons: number;
  /** Identity hashes that stand for them, 53 bits, in the order they were met first; at most 256. */
  readonly personIds: readonly number[];
  /** What a bound kept out of the lists above (counts and persons stay complete). */
  readonly beyond: { readonly places: number; readonly identifiers: number; readonly maskedForms: number };
}

export interface LabelCount {
  readonly label: string;
  /** Values found in clear, exact. */
  readonly count: number;
  /** Different values: exact to 1,024, then an estimate within about 3 %. */
  readonly distinct: number;
  /** The first one, masked. */
  readonly masked: string;
}

export interface MaskedForm {
  readonly label: string;
  /** `###****####`: `#` digit, `A` letter, `文` ideograph; the longest 40 characters. */
  readonly form: string;
  readonly count: number;
}

export interface PlaceSummary {
  /** `path`, `query`, `header`, `cookie` or `body`. */
  readonly place: string;
  /** Path of the leaf with `[]` for items; keys that are values themselves are `*`. */
  readonly path: string;
  /** Values met there in this message. */
  readonly values: number;
  readonly hits: readonly PlaceHits[];
}

export interface PlaceHits {
  readonly label: string;
  readonly count: number;
  /** Identity hashes of different values, 53 bits, at most 4: enough to tell three apart. */
  readonly samples: readonly number[];
}

export interface Identifier {
  readonly label: string;
  /** Where it stood: `body.data[].mobile`, `query.id`; the place alone for a bare value. */
  readonly place: string;
  /** Upper and lower 32 bits of its hash under the trace key, unsigned. */
  readonly high: number;
  readonly low: number;
}

export const emptySummary: SideSummary = {
  labels: [],
  maskedForms: [],
  places: [],
  identifiers: [],
  persons: 0,
  personIds: [],
  beyond: { places: 0, identifiers: 0, maskedForms: 0 },
};
