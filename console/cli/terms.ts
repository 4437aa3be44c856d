/** Words for the names that rules, recognizers and the engine give things. */
import { name as word } from './ledger-view.ts';
import type { LabelRow } from './rows.ts';
import { groupThousands } from './table.ts';
import type { Texts } from './text/en.ts';

/** `mobile number × 12, name × 3`; '' for none. */
export function labelList(labels: readonly LabelRow[], texts: Texts): string {
  return labels.map(({ label, count }) => `${word(texts.terms.labels, label)} × ${groupThousands(count)}`).join(', ');
}

/** Only the words, for a cell. */
export function labelNames(labels: readonly LabelRow[], texts: Texts): string {
  return labels.map(({ label }) => word(texts.terms.labels, label)).join(', ');
}
