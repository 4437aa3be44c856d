/** Content as a person looks after it: what is in force, and whether each file does what its examples say. */
import { resolve, sep } from 'node:path';
import type { Config } from '../config.ts';
import { fittingTogether } from './analysis.ts';
import { checkDetections, hasKey, listDetections } from './detection-checks.ts';
import { parseContent } from './documents.ts';
import { readTexts, shownPath } from './files.ts';
import { checkRecognizers, listRecognizers, unplacedRow } from './recognizer-checks.ts';
import { readRecognizers } from './recognizers.ts';
import type { RuleRow } from './rule-row.ts';
import { loadRules, shippedRules } from './rules.ts';

export { type LabelKind, type LabelList, listLabels } from './labels.ts';
export { type PlainDocument, readDocument } from './plain.ts';
export type { RuleRow } from './rule-row.ts';

type Places = Pick<Config, 'rules' | 'labels'>;

/** Everything that is looked for, in the order it is read; then what is not in force because of a mistake. */
export async function listRules(config: Places): Promise<readonly RuleRow[]> {
  const read = await readRecognizers(config.labels);
  const { set, problems } = fittingTogether(read);
  return [
    ...listDetections(loadRules([shippedRules(), ...config.rules])),
    ...listRecognizers({ ...read, problems: [...read.problems, ...problems] }, set),
  ];
}

/** Runs the examples of every file, or of those at `path` (a file, or a folder) together with all that is in force. */
export async function testRules(config: Places, path?: string): Promise<readonly RuleRow[]> {
  const rules = [shippedRules(), ...config.rules];
  const none = { files: [], problems: [] };
  if (path === undefined) {
    const read = await readRecognizers(config.labels);
    const { set, problems } = fittingTogether(read);
    const broken = listRecognizers({ ...read, problems: [...read.problems, ...problems] }, set).filter(({ ok }) => !ok);
    const sound = read.files.filter(({ recognizer }) => recognizer !== undefined);
    return [...checkDetections(loadRules(rules), none), ...broken, ...checkRecognizers(sound, set)];
  }
  const place = resolve(path);
  const isTested = (file: string) => file === place || file.startsWith(`${place}${sep}`);
  const recognizers = recognizersAt(place);
  const tested = loadRules([place], (file) => !recognizers.has(file));
  const others = loadRules(rules, (file) => !isTested(resolve(file)));
  const rows = checkDetections(tested, others);
  if (recognizers.size === 0) return rows.length > 0 ? rows : [emptyRow(shownPath(place))];
  const read = await readRecognizers([...config.labels, ...recognizers]);
  const { set, problems } = fittingTogether(read);
  // Of a file that is read twice, as one of a folder and by its name, the later reading is in force.
  const files = [...new Map(read.files.map((each) => [each.path, each])).values()];
  const own = files.filter((each) => recognizers.has(each.path));
  const unfit = problems.filter((problem) => own.some(({ file }) => problem.startsWith(`${file}:`)));
  return [...rows, ...unfit.map(unplacedRow), ...checkRecognizers(own, set)];
}

function emptyRow(file: string): RuleRow {
  const message = `${file}:1:1: there is no rule in it; write one, or name another file`;
  return { file, rule: '', kind: 'detection', ok: false, message };
}

/** Files there that are written as recognizers; all else is taken for rules, which then tell what is wrong with it. */
function recognizersAt(place: string): ReadonlySet<string> {
  const { files } = readTexts([place], 'rules');
  const isOne = ({ text, shown }: { readonly text: string; readonly shown: string }) =>
    parseContent(text, shown).documents.some(
      (document) =>
        ['canonical', 'sensitivity', 'patterns', 'matcher', 'score'].some((key) => hasKey(document, key)) &&
        !['detection', 'correlation', 'filter', 'logsource'].some((key) => hasKey(document, key)),
    );
  return new Set(files.filter(isOne).map(({ path }) => path));
}
