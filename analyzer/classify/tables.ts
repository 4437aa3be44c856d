/** Reference data made ready for look-ups. */
import type { Reference } from './recognizer.ts';

export interface Tables {
  /** Length of prefix → the prefixes as numbers. */
  readonly bins: readonly (ReadonlySet<number> | undefined)[];
  /** Six digits as a number. */
  readonly regions: ReadonlySet<number>;
  readonly surnames: ReadonlySet<string>;
  readonly givenNames: ReadonlySet<string>;
  readonly weakPasswords: ReadonlySet<string>;
}

export function makeTables(reference: Reference): Tables {
  const bins: (Set<number> | undefined)[] = [];
  for (const bin of reference.bankBins) (bins[bin.length] ??= new Set()).add(Number(bin));
  return {
    bins,
    regions: new Set(reference.regions.map(Number)),
    surnames: new Set(reference.surnames),
    givenNames: new Set(reference.givenNames),
    weakPasswords: new Set(reference.weakPasswords),
  };
}
