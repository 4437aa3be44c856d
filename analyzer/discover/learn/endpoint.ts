/** What inference knows of APIs that are one already, at first of one provisional API: facts of its successful calls. */
export interface Endpoint {
  /** Method, and operation behind it if there is one: different ones are never one API. */
  readonly method: string;
  /** Segments of its template, percent-encoded as there; a parameter in it without its name: `{}`, `{}.json`. */
  readonly segments: readonly string[];
  /** Successful calls. */
  readonly calls: number;
  /** Its words are words for good: nothing that siblings do makes values of them any more. */
  readonly settled: boolean;
  /** Calls by the class of their response's shape (`ShapeClasses`); calls whose shape says nothing are in none. */
  readonly classes: ReadonlyMap<number, number>;
}
