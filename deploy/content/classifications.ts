/**
 * What each standard says of each label, as content: rules/classifications/*.yaml, one standard a file. A file says it of
 * every label that we ship, or that the standard does not apply to it, so that a new label is never forgotten.
 */
import { fileURLToPath } from 'node:url';
import { describeProblem } from '../../analyzer/analyzer.ts';
import { type Node, parseYaml } from '../config/document.ts';
import { readMapping, readText, type Take } from '../config/fields.ts';
import { ConfigError, Problems } from '../config/problems.ts';
import { readTexts } from './files.ts';

export interface ClassLevel {
  readonly name: string;
  readonly title: string;
  readonly titleZh: string;
}

export interface Classification {
  /** The file's name without `.yaml`. */
  readonly name: string;
  /** `JR/T 0158-2018`. */
  readonly standard: string;
  readonly title: string;
  readonly titleZh: string;
  /** Lowest first. */
  readonly levels: readonly ClassLevel[];
  /** Label → name of its level; labels that the standard does not apply to are not in it. */
  readonly labels: ReadonlyMap<string, string>;
}

export interface Classifications {
  readonly maps: readonly Classification[];
  /** A sentence a mistake, with file, line and what to do; a file with mistakes is left out. */
  readonly problems: readonly string[];
}

function shippedClassifications(): string {
  return fileURLToPath(new URL('rules/classifications/', import.meta.resolve('#root/package.json')));
}

/** `known`: the labels that each file has to speak of. */
export function readClassifications(known: ReadonlySet<string>, source = shippedClassifications()): Classifications {
  const texts = readTexts([source], 'classifications');
  const told = texts.problems.map(describeProblem);
  const maps: Classification[] = [];
  for (const { path, shown, text } of texts.files) {
    const problems = new Problems();
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
    const map = parseClassification(text, shown, name, known, problems);
    try {
      problems.throwIfAny();
      if (map !== undefined) maps.push(map);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      told.push(...error.problems);
    }
  }
  return { maps, problems: told };
}

export function parseClassification(
  text: string,
  file: string,
  name: string,
  known: ReadonlySet<string>,
  problems: Problems,
): Classification | undefined {
  const document = parseYaml(text, file, problems);
  if (document === undefined) return undefined;
  const head = { standard: '', title: '', titleZh: '' };
  const levels: ClassLevel[] = [];
  const labels = new Map<string, string>();
  const spoken = new Set<string>();
  const take = (node: Node, path: string, level: string | undefined) => {
    for (const { text: label, node: item } of words(node, path, problems)) {
      if (spoken.has(label)) problems.add(`${label} is there twice`, item.place, 'remove one of the two');
      else if (!known.has(label)) problems.add(`${label} is no label`, item.place, 'write one that a recognizer gives');
      spoken.add(label);
      if (level !== undefined) labels.set(label, level);
    }
  };
  const takes: Record<string, Take> = {
    standard: ({ value }, path) => void (head.standard = readText(value, path, problems) ?? ''),
    title: ({ value }, path) => void (head.title = readText(value, path, problems) ?? ''),
    title_zh: ({ value }, path) => void (head.titleZh = readText(value, path, problems) ?? ''),
    levels: ({ value }, path) => void levels.push(...readLevels(value, path, problems)),
    labels: ({ value, place }, path) => {
      if (value.kind !== 'mapping') {
        problems.add(`${path} is not a mapping`, place, 'write a level and its labels in each line');
        return;
      }
      for (const entry of value.entries) {
        if (!levels.some((level) => level.name === entry.key)) {
          const names = levels.map((level) => level.name).join(', ');
          problems.add(`${path} has the unknown level ${entry.key}`, entry.place, `levels, above, has ${names}`);
        }
        take(entry.value, `${path}.${entry.key}`, entry.key);
      }
    },
    not_applicable: ({ value }, path) => take(value, path, undefined),
  };
  readMapping(document, '', takes, [], problems);
  for (const key of ['standard', 'title', 'titleZh'] as const) {
    const shown = key === 'titleZh' ? 'title_zh' : key;
    if (head[key] === '') problems.add(`${shown} is missing`, document.place, 'write it');
  }
  const left = [...known].filter((label) => !spoken.has(label)).sort();
  if (left.length > 0) {
    problems.add(`nothing is said of ${left.join(', ')}`, document.place, 'write each under a level or not_applicable');
  }
  return { name, ...head, levels, labels };
}

function readLevels(node: Node, path: string, problems: Problems): ClassLevel[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'write a line with a dash for each level, the lowest first');
    return [];
  }
  return node.items.map((item, index) => {
    const level = { name: '', title: '', titleZh: '' };
    const takes: Record<string, Take> = {
      name: ({ value }) => {
        if (value.kind === 'scalar' && value.value !== null) level.name = String(value.value);
      },
      title: ({ value }, at) => void (level.title = readText(value, at, problems) ?? ''),
      title_zh: ({ value }, at) => void (level.titleZh = readText(value, at, problems) ?? ''),
    };
    readMapping(item, `${path}[${index}]`, takes, [], problems);
    if (level.name === '') problems.add(`${path}[${index}] has no name`, item.place, 'write one');
    return level;
  });
}

function words(node: Node, path: string, problems: Problems): { text: string; node: Node }[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'write labels between brackets: [mobile, name]');
    return [];
  }
  return node.items.flatMap((item, index) => {
    const text = readText(item, `${path}[${index}]`, problems);
    return text === undefined ? [] : [{ text, node: item }];
  });
}
