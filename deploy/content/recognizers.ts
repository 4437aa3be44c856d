/**
 * Reads recognizers and their reference tables from content files into plain data, which crosses threads. All mistakes
 * of a person are told together, each with file and line; a folder of the customer's own adds to or replaces ours.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  describeProblem,
  type Example,
  type Recognizer,
  type RecognizerSet,
  recognizerNames,
} from '../../analyzer/analyzer.ts';
import { type Node, parseYaml } from '../config/document.ts';
import { readMapping, readText, type Take } from '../config/fields.ts';
import { ConfigError, nearestName, Problems } from '../config/problems.ts';
import { dictionaryPatterns } from './dictionary.ts';
import { readTexts } from './files.ts';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const ownFolder = fileURLToPath(new URL('rules/recognizers/', root));
const referenceFolder = new URL('rules/reference/', root);
const passwordLists = ['seclists_500-worst-passwords', 'seclists_john', 'seclists_twitter-banned', 'zxcvbn_ts_common'];
/** Fewest characters of a weak password worth listing: shorter ones are weak by length. */
const leastPassword = 6;

/** A recognizer's file. */
export interface RecognizerFile {
  readonly path: string;
  /** As told to people. */
  readonly file: string;
  readonly text: string;
  /** Absent when the file has a mistake. */
  readonly recognizer: Recognizer | undefined;
  /** Its mistakes. */
  readonly problems: readonly string[];
  /** Ours, and not a folder's of the operator. */
  readonly shipped: boolean;
}

export interface ReadContent {
  readonly set: RecognizerSet;
  /** One sentence a mistake, with file, line and what to do. A file with mistakes is left out; the rest is in force. */
  readonly problems: readonly string[];
  /** Every file, in the order it was read; a later one takes the place of an earlier one of the same name. */
  readonly files: readonly RecognizerFile[];
}

/** `sources`: folders and files beside ours; a recognizer of the same name takes the place of an earlier one. */
export async function readRecognizers(sources: readonly (string | URL)[] = []): Promise<ReadContent> {
  const told: string[] = [];
  const wordsText = await readTable('words.yaml');
  const words = collect(told, (problems) => readWords(wordsText, problems)) ?? {};
  const files: RecognizerFile[] = [];
  const byName = new Map<string, Recognizer>();
  const own = sources.map((source) => (source instanceof URL ? fileURLToPath(source) : source));
  for (const [place, shipped] of [[ownFolder, true] as const, ...own.map((each) => [each, false] as const)]) {
    const texts = readTexts([place], 'recognizers');
    told.push(...texts.problems.map(describeProblem));
    for (const { path, shown, text } of texts.files) {
      const name = basename(path).replace(/\.ya?ml$/, '');
      const problems: string[] = [];
      const recognizer = collect(problems, (each) => parseRecognizer(text, shown, name, words, each));
      told.push(...problems);
      files.push({ path, file: shown, text, recognizer, problems, shipped });
      if (recognizer !== undefined) byName.set(name, recognizer);
    }
  }
  const reference = {
    bankBins: await readColumn('bank-bins.tsv'),
    regions: await readColumn('region-codes.tsv'),
    surnames: [
      ...letters(await readTable('surnames.txt')),
      ...(await readTable('compound-surnames.txt')).trim().split(/\s+/),
    ],
    givenNames: letters(await readTable('given-names.txt')).join(''),
    weakPasswords: await readPasswords(),
    words,
  };
  return { set: { recognizers: inOrder(byName.values()), reference }, problems: told, files };
}

/** What `read` gives, unless it told a problem: those go to `told`. */
function collect<T>(told: string[], read: (problems: Problems) => T): T | undefined {
  const problems = new Problems();
  const value = read(problems);
  try {
    problems.throwIfAny();
    return value;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    told.push(...error.problems);
    return undefined;
  }
}

/** By name. */
export function inOrder(recognizers: Iterable<Recognizer>): Recognizer[] {
  return [...recognizers].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Groups = Readonly<Record<string, readonly string[]>>;

/** Undefined when the file can't be used; `problems` then says why. `name` is the file's name without its ending. */
export function parseRecognizer(
  text: string,
  file: string,
  name: string,
  words: Groups,
  problems: Problems,
): Recognizer | undefined {
  const document = parseYaml(text, file, problems);
  if (document === undefined) {
    problems.add('an empty recognizer', { file, line: 1, column: 1 }, 'describe one, or remove the file');
    return undefined;
  }
  const reader = new Reader(words, problems);
  const read: Draft = { score: {}, mask: { head: 0, tail: 0, style: 'keep' } };
  let dictionary: readonly string[] = [];
  const validators: Take = ({ value }, path) =>
    readMapping(
      value,
      path,
      {
        require: (entry, at) => void (read.require = reader.names(entry.value, at, recognizerNames.validators)),
        prove: (entry, at) => void (read.prove = reader.names(entry.value, at, recognizerNames.validators)),
      },
      [],
      problems,
    );
  const points = (part: keyof Recognizer['score']): Take => {
    return ({ value }, path) => {
      read.score[part] = reader.integer(value, path, 0, 100);
    };
  };
  readMapping(
    document,
    '',
    {
      label: ({ value }, path) => void (read.label = reader.text(value, path)),
      title: ({ value }, path) => void (read.title = reader.text(value, path)),
      title_zh: ({ value }, path) => void (read.titleZh = reader.text(value, path)),
      level: ({ value }, path) => void (read.level = reader.integer(value, path, 1, 4)),
      class: ({ value }, path) => void (read.dataClass = reader.oneOf(value, path, ['C1', 'C2', 'C3'])),
      sensitivity: ({ value }, path) =>
        void (read.sensitivity = reader.oneOf(value, path, ['high', 'medium', 'low'] as const)),
      scope: ({ value }, path) => void (read.scope = reader.oneOf(value, path, ['anywhere', 'value'] as const)),
      places: ({ value }, path) => void (read.places = reader.names(value, path, recognizerNames.places)),
      patterns: ({ value }, path) => void (read.patterns = reader.patterns(value, path)),
      dictionary: ({ value }, path) => void (dictionary = reader.texts(value, path, 100).map(({ text: word }) => word)),
      matcher: ({ value }, path) => void (read.matcher = reader.oneOf(value, path, recognizerNames.matchers)),
      masked: ({ value }, path) => void (read.masked = reader.patterns(value, path)),
      validators,
      context: ({ value }, path) => void (read.context = reader.words(value, path)),
      hint: ({ value }, path) => void (read.hint = reader.words(value, path)),
      exclude: ({ value }, path) => void (read.exclude = reader.words(value, path)),
      score: ({ value }, path) =>
        readMapping(
          value,
          path,
          {
            pattern: points('pattern'),
            checksum: points('checksum'),
            context: points('context'),
            hint: points('hint'),
            row: points('row'),
            other: points('other'),
            exclude: points('exclude'),
            threshold: points('threshold'),
          },
          [],
          problems,
        ),
      mask: ({ value }, path) =>
        readMapping(
          value,
          path,
          {
            head: (entry, at) => void (read.mask.head = reader.integer(entry.value, at, 0, 20) ?? 0),
            tail: (entry, at) => void (read.mask.tail = reader.integer(entry.value, at, 0, 20) ?? 0),
            style: (entry, at) =>
              void (read.mask.style = reader.oneOf(entry.value, at, ['keep', 'email', 'hide'] as const) ?? 'hide'),
          },
          [],
          problems,
        ),
      canonical: ({ value }, path) => void (read.canonical = reader.oneOf(value, path, recognizerNames.canonicalForms)),
      subject: ({ value }, path) =>
        void (read.subject = reader.oneOf(value, path, ['person', 'account', 'none'] as const)),
      priority: ({ value }, path) => void (read.priority = reader.integer(value, path, -100, 100)),
      examples: ({ value }, path) =>
        readMapping(
          value,
          path,
          {
            found: (entry, at) => void (read.found = reader.examples(entry.value, at)),
            pass: (entry, at) => void (read.pass = reader.examples(entry.value, at)),
          },
          [],
          problems,
        ),
    },
    [],
    problems,
  );
  if (dictionary.length > 0) read.patterns = [...(read.patterns ?? []), ...dictionaryPatterns(dictionary)];
  const missing = (['title', 'titleZh', 'level', 'sensitivity', 'canonical'] as const).filter(
    (key) => read[key] === undefined,
  );
  const tell = (what: string, advice: string) => problems.add(`${name}: ${what}`, document.place, advice);
  const given = document.kind === 'mapping' ? document.entries.map(({ key }) => key) : [];
  for (const key of missing) {
    const shown = key === 'titleZh' ? 'title_zh' : key;
    if (!given.includes(shown)) tell(`${shown} is missing`, 'write it');
  }
  if (read.patterns === undefined && read.matcher === undefined)
    tell('no patterns, no dictionary and no matcher', 'write patterns');
  if (read.score.pattern === undefined) tell('score.pattern is missing', 'write points of 100');
  if (!read.found?.length) tell('no example that must be found', 'write one under examples.found');
  if (!read.pass?.length) tell('no example that must pass', 'write one under examples.pass');
  if (missing.length > 0) return undefined;
  const { score } = read;
  return {
    name,
    label: read.label ?? name,
    title: read.title!,
    titleZh: read.titleZh!,
    level: read.level!,
    dataClass: read.dataClass ?? '',
    sensitivity: read.sensitivity!,
    scope: read.scope ?? 'anywhere',
    places: read.places ?? [],
    patterns: read.patterns ?? [],
    matcher: read.matcher ?? '',
    masked: read.masked ?? [],
    require: read.require ?? [],
    prove: read.prove ?? [],
    context: read.context ?? [],
    hint: read.hint ?? [],
    exclude: read.exclude ?? [],
    score: {
      pattern: score.pattern ?? 0,
      checksum: score.checksum ?? 0,
      context: score.context ?? 0,
      hint: score.hint ?? 0,
      row: score.row ?? 0,
      other: score.other ?? 0,
      exclude: score.exclude ?? score.context ?? 0,
      threshold: score.threshold ?? 60,
    },
    mask: read.mask,
    canonical: read.canonical!,
    subject: read.subject ?? 'none',
    priority: read.priority ?? 0,
    found: read.found ?? [],
    pass: read.pass ?? [],
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Unread<T> = { -readonly [K in keyof T]?: T[K] | undefined };
type Draft = Omit<Unread<Recognizer>, 'score' | 'mask'> & {
  score: Unread<Recognizer['score']>;
  mask: Writable<Recognizer['mask']>;
};

class Reader {
  constructor(
    private readonly groups: Groups,
    private readonly problems: Problems,
  ) {}

  text(node: Node, path: string): string | undefined {
    return readText(node, path, this.problems, 200);
  }

  integer(node: Node, path: string, least: number, most: number): number | undefined {
    const value = node.kind === 'scalar' ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.problems.add(`${path} is not a whole number from ${least} to ${most}`, node.place, 'write one');
    return undefined;
  }

  oneOf<T extends string>(node: Node, path: string, known: readonly T[]): T | undefined {
    const text = this.text(node, path);
    if (text === undefined) return undefined;
    const found = known.find((name) => name === text);
    if (found === undefined) {
      const near = nearestName(text, known);
      const advice = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
      this.problems.add(`${path} is the unknown "${text}"`, node.place, advice);
    }
    return found;
  }

  texts(node: Node, path: string, longest = 200): { text: string; node: Node }[] {
    if (node.kind !== 'list') {
      this.problems.add(`${path} is not a list`, node.place, 'write [one, two] or a line with a dash for each');
      return [];
    }
    return node.items.flatMap((item, index) => {
      const text = readText(item, `${path}[${index}]`, this.problems, longest);
      return text === undefined ? [] : [{ text, node: item }];
    });
  }

  names<T extends string>(node: Node, path: string, known: readonly T[]): T[] {
    return this.texts(node, path).flatMap(({ node: item }) => this.oneOf(item, path, known) ?? []);
  }

  patterns(node: Node, path: string): string[] {
    return this.texts(node, path, 2000).map(({ text, node: item }) => {
      const problem = recognizerNames.patternProblem(text);
      if (problem !== undefined) this.problems.add(`${path}: ${problem}`, item.place, 'correct the pattern');
      return text;
    });
  }

  words(node: Node, path: string): string[] {
    return this.texts(node, path).flatMap(({ text, node: item }) => {
      if (!text.startsWith('$')) return [text];
      const group = this.groups[text.slice(1)];
      if (group === undefined) {
        const known = Object.keys(this.groups).map((name) => `$${name}`);
        this.problems.add(`${path} names the unknown group ${text}`, item.place, `known are ${known.join(', ')}`);
      }
      return group ?? [];
    });
  }

  examples(node: Node, path: string): Example[] {
    if (node.kind !== 'list') {
      this.problems.add(`${path} is not a list`, node.place, 'write a line with a dash for each example');
      return [];
    }
    return node.items.map((item, index) => {
      const example = { field: '', value: '' };
      readMapping(
        item,
        `${path}[${index}]`,
        {
          field: (entry, at) => void (example.field = this.text(entry.value, at) ?? ''),
          value: (entry, at) => void (example.value = readText(entry.value, at, this.problems, 8192) ?? ''),
        },
        [],
        this.problems,
      );
      return example;
    });
  }
}

function readWords(text: string, problems: Problems): Groups {
  const document = parseYaml(text, 'rules/reference/words.yaml', problems);
  const groups: Record<string, string[]> = {};
  const reader = new Reader({}, problems);
  if (document?.kind !== 'mapping') return groups;
  for (const { key, value } of document.entries) groups[key] = reader.texts(value, key).map(({ text }) => text);
  return groups;
}

function readTable(name: string): Promise<string> {
  return readFile(new URL(name, referenceFolder), 'utf8');
}

/** First column of a table with a header. */
async function readColumn(name: string): Promise<string[]> {
  const lines = (await readTable(name)).split('\n').slice(1);
  return lines.map((line) => line.split('\t', 1)[0]!.trim()).filter((cell) => cell !== '');
}

function letters(text: string): string[] {
  return [...new Set(text.replace(/\s/g, ''))];
}

async function readPasswords(): Promise<string[]> {
  const all = new Set<string>();
  for (const list of passwordLists) {
    for (const line of (await readTable(`passwords/${list}.txt`)).split('\n')) {
      const password = line.trim();
      if (password.length >= leastPassword) all.add(password);
    }
  }
  return [...all].sort();
}
