/** Recognizers as a person looks after them: which are in force, and whether each finds what its examples say. */
import { Classifier, type Example, type RecognizerSet } from '../../analyzer/analyzer.ts';
import type { Node } from '../config/document.ts';
import { parseContent } from './documents.ts';
import type { ReadContent, RecognizerFile } from './recognizers.ts';
import type { RuleRow } from './rule-row.ts';

/** `set`: what is in force. */
export function listRecognizers({ files, problems }: ReadContent, set: RecognizerSet): RuleRow[] {
  const inForce = new Set(set.recognizers);
  const rows = files.flatMap((each): RuleRow[] => {
    const { file, recognizer } = each;
    if (recognizer === undefined) return brokenRows(each);
    const { name, title, titleZh } = recognizer;
    const row = { file, rule: name, kind: 'recognizer', ok: true };
    if (inForce.has(recognizer)) return [{ ...row, message: title, messageZh: titleZh }];
    const other = files.findLast((one) => one.recognizer?.name === name)?.file ?? '';
    if (other === file) return [];
    return [
      {
        ...row,
        message: `${title} (not in force: ${other} takes its place)`,
        messageZh: `${titleZh}（未生效：由 ${other} 取代）`,
      },
    ];
  });
  const told = new Set(files.flatMap((each) => each.problems));
  return [...rows, ...problems.filter((problem) => !told.has(problem)).map(unplacedRow)];
}

/** Runs the examples of these files with everything that is in force. */
export function checkRecognizers(files: readonly RecognizerFile[], set: RecognizerSet): RuleRow[] {
  if (files.length === 0) return [];
  const classifier = new Classifier(set);
  const inForce = new Set(set.recognizers);
  return files.flatMap((each): RuleRow[] => {
    const { file, recognizer } = each;
    if (recognizer === undefined) return brokenRows(each);
    if (!inForce.has(recognizer)) return [];
    return (['found', 'pass'] as const).flatMap((kind) =>
      recognizer[kind].map((example, index): RuleRow => {
        const labels = labelsIn(example, classifier);
        const ok = labels.includes(recognizer.label) === (kind === 'found');
        const shown = `${example.field === '' ? '(no name)' : example.field}: ${example.value}`;
        if (ok) return { file, rule: recognizer.name, kind, ok, message: shown };
        const wrong =
          kind === 'pass' ? 'this must pass, and is found' : `this must be found, and is ${labels.join() || 'not'}`;
        const line = lineOf(each, kind, index);
        const message = `${file}:${line}: ${wrong}: ${shown}; mend recognizer or example`;
        return { file, rule: recognizer.name, kind, ok, message };
      }),
    );
  });
}

/** Labels of the clear values in it. */
function labelsIn({ field, value }: Example, classifier: Classifier): string[] {
  const bytes = new TextEncoder().encode(value);
  const name = field.replaceAll('[]', '').split('.').at(-1) ?? '';
  const labels: string[] = [];
  const plan = classifier.plan({ place: 'body', path: field, name, id: 0 });
  classifier.find(plan, 'text', bytes, 0, bytes.length, false, (index, _octets, _start, _end, masked) => {
    if (!masked) labels.push(classifier.recognizers[index]!.label);
  });
  return labels;
}

function lineOf({ text, file }: RecognizerFile, kind: 'found' | 'pass', index: number): number {
  const [document] = parseContent(text, file).documents;
  const list = entry(entry(document, 'examples'), kind);
  return (list?.kind === 'list' ? list.items[index] : undefined)?.place.line ?? 1;
}

function entry(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'mapping' ? node.entries.find((each) => each.key === key)?.value : undefined;
}

function brokenRows({ file, problems }: RecognizerFile): RuleRow[] {
  const rule = file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
  return problems.map((message) => ({ file, rule, kind: 'recognizer', ok: false, message }));
}

/** A file or folder that could not be read at all. */
export function unplacedRow(message: string): RuleRow {
  return {
    file: message.slice(0, Math.max(0, message.search(/:\d+:\d+: /))),
    rule: '',
    kind: 'recognizer',
    ok: false,
    message,
  };
}
