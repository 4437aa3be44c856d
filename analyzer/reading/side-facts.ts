/** What the tally of one side tells, as a call carries it. */
import type { LabelFact, SideFacts } from '../call.ts';
import type { SideSummary } from '../classify/summary.ts';
import type { Shape } from '../discover/shape.ts';
import type { ReadCounts } from './counts.ts';

const none: readonly never[] = Object.freeze([]);
const nothing: SideFacts = Object.freeze({ labels: none, places: none, values: none, shape: 0, shapeEntries: '' });

/** What the lists had no room for is counted. */
export function sideFacts(
  summary: SideSummary,
  { id: shape, entries: shapeEntries }: Shape,
  counts: ReadCounts,
): SideFacts {
  const { labels, maskedForms, places, identifiers, beyond } = summary;
  counts.identifiersOverLimit += beyond.identifiers;
  counts.factsOverLimit += beyond.places + beyond.maskedForms;
  if (labels.length === 0 && places.length === 0 && maskedForms.length === 0) {
    return shape === 0 ? nothing : { labels: none, places: none, values: none, shape, shapeEntries };
  }
  return { labels: labelFacts(summary), places, values: identifiers, shape, shapeEntries };
}

/** Clear and masked values of a label together; sorted by label. */
function labelFacts({ labels, maskedForms }: SideSummary): readonly LabelFact[] {
  if (maskedForms.length === 0) {
    return labels.map(({ label, count, distinct, masked }) => ({ label, count, distinct, sample: masked, masked: 0 }));
  }
  const byLabel = new Map<string, { -readonly [K in keyof LabelFact]: LabelFact[K] }>();
  for (const { label, count, distinct, masked } of labels) {
    byLabel.set(label, { label, count, distinct, sample: masked, masked: 0 });
  }
  for (const { label, form, count } of maskedForms) {
    const known = byLabel.get(label);
    if (known === undefined) byLabel.set(label, { label, count, distinct: 0, sample: form, masked: count });
    else {
      known.count += count;
      known.masked += count;
    }
  }
  return [...byLabel.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}
