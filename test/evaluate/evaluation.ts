/** What an evaluation is: it runs what is shipped on labelled data, and says how right it was. */

/** A figure with the least or the most it may be. */
export interface Gate {
  readonly what: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
}

export interface Table {
  readonly title: string;
  /** Head first; cells as they are shown. */
  readonly rows: readonly (readonly string[])[];
}

export interface Evaluated {
  readonly tables: readonly Table[];
  readonly gates: readonly Gate[];
  /** What was not there to be measured; a gate without its data is no failure. */
  readonly absent: readonly string[];
}

export interface EvaluationOptions {
  /** Everything, where the usual run takes a part. */
  readonly full: boolean;
  /** Says how far it is, on stderr. */
  readonly tell: (line: string) => void;
}

export interface Evaluation {
  readonly name: string;
  readonly about: string;
  run(options: EvaluationOptions): Promise<Evaluated> | Evaluated;
}

export function holds({ value, least, most }: Gate): boolean {
  return !Number.isNaN(value) && (least === undefined || value >= least) && (most === undefined || value <= most);
}
