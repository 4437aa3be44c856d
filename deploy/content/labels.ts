/** The kinds of data that are looked for, and what each standard says of them. */
import { labelLevels, provenLabels } from '../../analyzer/analyzer.ts';
import type { Config } from '../config.ts';
import { fittingTogether } from './analysis.ts';
import { readClassifications } from './classifications.ts';
import { readRecognizers } from './recognizers.ts';

export interface LabelKind {
  readonly label: string;
  /** Of its strongest recognizer. */
  readonly title: string;
  readonly titleZh: string;
  readonly sensitivity: string;
  /** JR/T 0158, 1…4: what grades go by. */
  readonly level: number;
  /** Its values prove themselves; of the others the column decides. */
  readonly proven: boolean;
  /** Names of the recognizers that give it. */
  readonly recognizers: readonly string[];
  /** By standard; a standard that does not apply, or says nothing of a label of the operator's own, is not in it. */
  readonly classes: readonly LabelClass[];
}

export interface LabelClass {
  readonly standard: string;
  readonly name: string;
  readonly title: string;
  readonly titleZh: string;
}

export interface LabelList {
  readonly labels: readonly LabelKind[];
  readonly problems: readonly string[];
}

export async function listLabels(config: Pick<Config, 'labels'>): Promise<LabelList> {
  const read = await readRecognizers(config.labels);
  const { set, problems } = fittingTogether(read);
  const shipped = new Set(
    read.files.flatMap((each) => (each.shipped && each.recognizer ? [each.recognizer.label] : [])),
  );
  const { maps, problems: ofMaps } = readClassifications(shipped);
  const levels = labelLevels(set);
  const proven = provenLabels(set);
  const labels = [...levels.keys()].sort().map((label): LabelKind => {
    const givers = set.recognizers.filter((each) => each.label === label);
    const [main] = [...givers].sort(
      (a, b) => Number(b.name === label) - Number(a.name === label) || b.priority - a.priority,
    );
    const { title, titleZh, sensitivity } = main!;
    const classes = maps.flatMap(({ standard, levels: names, labels: byLabel }): LabelClass[] => {
      const found = names.find(({ name }) => name === byLabel.get(label));
      return found === undefined ? [] : [{ standard, ...found }];
    });
    const recognizers = givers.map(({ name }) => name);
    return {
      label,
      title,
      titleZh,
      sensitivity,
      level: levels.get(label)!,
      proven: proven.has(label),
      recognizers,
      classes,
    };
  });
  return { labels, problems: [...read.problems, ...problems, ...ofMaps] };
}
