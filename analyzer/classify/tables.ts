/** Reference data made ready for look-ups. */
import type { Reference } from './recognizer.ts';

/** Bits of a character in names. */
export const Names = { surname: 1, givenName: 2, unlikelyEnd: 4 } as const;

/** Characters that end names of firms, products, shares and menu entries, and next to no given name. */
const unlikelyEnds = '司行店厂部局券股债份金票款务易场所户号码额价量率费息期权表单项类型心区市县省路街镇乡村院';

export interface Tables {
  /** Length of prefix → the prefixes as numbers. */
  readonly bins: readonly (ReadonlySet<number> | undefined)[];
  /** By the first six digits: 1 where a prefix that long or shorter fits, 2 where only longer ones may. */
  readonly binBegins: Uint8Array;
  /** Six digits as a number. */
  readonly regions: ReadonlySet<number>;
  /** By UTF-16 code unit: bits of `Names`; `surname` for those of one character. */
  readonly names: Uint8Array;
  /** Surnames of two characters: the first × 65,536 + the second. */
  readonly surnames: ReadonlySet<number>;
}

export function makeTables(reference: Reference): Tables {
  const bins: (Set<number> | undefined)[] = [];
  for (const bin of reference.bankBins) (bins[bin.length] ??= new Set()).add(Number(bin));
  const binBegins = new Uint8Array(1_000_000);
  for (const bin of reference.bankBins) {
    const scale = 10 ** Math.max(0, 6 - bin.length);
    const from = Number(bin.slice(0, 6)) * scale;
    for (let begin = from; begin < from + scale; begin++) {
      if (bin.length <= 6) binBegins[begin] = 1;
      else if (binBegins[begin] === 0) binBegins[begin] = 2;
    }
  }
  const names = new Uint8Array(0x10000);
  const surnames = new Set<number>();
  for (const surname of reference.surnames) {
    if (surname.length === 1) names[surname.charCodeAt(0)]! |= Names.surname;
    else if (surname.length === 2) surnames.add(surname.charCodeAt(0) * 65_536 + surname.charCodeAt(1));
  }
  for (const letter of reference.givenNames) names[letter.charCodeAt(0)]! |= Names.givenName;
  for (const letter of unlikelyEnds) names[letter.charCodeAt(0)]! |= Names.unlikelyEnd;
  return {
    bins,
    binBegins,
    regions: new Set(reference.regions.map(Number)),
    names,
    surnames,
  };
}
