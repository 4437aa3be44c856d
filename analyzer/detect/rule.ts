/**
 * What every Sigma document has beside what it looks for: names, words, level, tags, and what we add: Chinese words,
 * advice, scenarios, how findings are made. Unknown keys are refused.
 */
import { type Dimension, dimensions, type FindingKind, type Level, levels } from '../finding.ts';
import { type ClientKind, clientKinds } from '../known-client.ts';
import { fieldNamed, fields } from './fields.ts';
import { type Entry, entryOf, Mistake, type Node, oneOf, suggest, textOf, textsOf, timespanOf } from './source.ts';

/** Keys of a document of any kind. */
const sigmaKeys = [
  ...['title', 'id', 'related', 'name', 'taxonomy', 'status', 'description', 'license', 'author', 'references'],
  ...['date', 'modified', 'fields', 'falsepositives', 'level', 'tags', 'scope', 'sigma-version'],
];
const ourKeys = [
  ...['title_zh', 'advice', 'advice_zh', 'scenarios', 'dimension', 'kind', 'key', 'cooldown', 'reports', 'reports_as'],
  ...['expected_of', 'examples'],
];
const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** How a rule makes findings. */
export interface FindingForm {
  /** Name of the detection that findings carry. */
  readonly rule: string;
  readonly kind: FindingKind;
  readonly title: string;
  readonly titleZh: string;
  readonly advice: string;
  readonly adviceZh: string;
  readonly scenarios: readonly string[];
  readonly dimension: Dimension;
  readonly level: Level;
  readonly owasp: readonly string[];
  readonly clauses: readonly string[];
  /** Names of the fields that tell one finding from another. */
  readonly key: readonly string[];
  /** An event ends when nothing came for so long, µs. */
  readonly cooldown: number;
  /** Clients that do this on purpose: an event of such alone is informational. */
  readonly expectedOf: readonly ClientKind[];
}

export interface Header {
  readonly place: Entry['place'];
  /** Unique among all documents: `name`, else `id`, else file and title. */
  readonly name: string;
  /** Names by which correlations and filters refer to it. */
  readonly aliases: readonly string[];
  readonly form: FindingForm;
  /** False for documents of status deprecated or unsupported. */
  readonly inForce: boolean;
  readonly examples: Node | undefined;
  /** Whether it makes findings of its own; undefined: it does unless a correlation names it. */
  readonly reports: boolean | undefined;
}

const hour = 3600e6;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** `body`: the keys that this kind of document has beside. `keyOf`: what tells findings apart where the file says nothing. */
export function parseHeader(
  document: Node,
  body: readonly string[],
  keyOf: (kind: FindingKind) => readonly string[],
): Header {
  if (document.kind !== 'mapping') throw new Mistake(document.place, 'the document is not a mapping', 'write title: …');
  const known = [...sigmaKeys, ...ourKeys, ...body];
  for (const entry of document.entries) {
    if (!known.includes(entry.key)) {
      throw new Mistake(entry.place, `unknown key "${entry.key}"`, suggest(entry.key, known));
    }
  }
  const read = (name: string) => entryOf(document, name)?.value;
  const text = (name: string) => {
    const node = read(name);
    return node === undefined ? undefined : textOf(node, name);
  };
  const title = text('title');
  if (title === undefined) throw new Mistake(document.place, 'the document has no title', 'write title: a short text');
  const id = text('id');
  const given = text('name');
  if (given !== undefined && !/^[\w.-]{1,100}$/.test(given)) {
    throw new Mistake(read('name')!.place, `name "${given}"`, 'use letters, digits, dots, dashes, underscores');
  }
  const name = given ?? id ?? `${document.place.file} ${title}`;
  const status = read('status');
  const state = status === undefined ? 'stable' : oneOf(status, 'status', statuses);
  const form = readForm(read, title, text('reports_as') ?? name, keyOf);
  return {
    place: document.place,
    name,
    aliases: [...new Set([name, id, given].filter((each) => each !== undefined))],
    form,
    inForce: state !== 'deprecated' && state !== 'unsupported',
    examples: read('examples'),
    reports: readReports(read('reports')),
  };
}

function readReports(node: Node | undefined): boolean | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  throw new Mistake(node.place, '"reports" is neither true nor false', 'write one of them');
}

type Read = (name: string) => Node | undefined;

/** In one literal: forms put together of several have shapes of their own, and rules look at them at each call. */
function readForm(
  read: Read,
  title: string,
  rule: string,
  keyOf: (kind: FindingKind) => readonly string[],
): FindingForm {
  const text = (name: string) => {
    const node = read(name);
    return node === undefined ? undefined : textOf(node, name);
  };
  const choice = <T extends string>(name: string, known: readonly T[], fallback: T): T => {
    const node = read(name);
    return node === undefined ? fallback : oneOf(node, name, known);
  };
  const tags = read('tags');
  const { owasp, clauses } = tags === undefined ? { owasp: [], clauses: [] } : readTags(tags);
  const scenarios = read('scenarios');
  const cooldown = read('cooldown');
  const expected = read('expected_of');
  const advice = text('advice') ?? '';
  const kind = choice<FindingKind>('kind', ['weakness', 'event'], 'event');
  return {
    kind,
    title,
    titleZh: text('title_zh') ?? title,
    advice,
    adviceZh: text('advice_zh') ?? advice,
    scenarios: scenarios === undefined ? [] : readScenarios(scenarios),
    dimension: choice('dimension', dimensions, 'attack'),
    level: choice<Level>('level', levels, 'medium'),
    owasp,
    clauses,
    cooldown: cooldown === undefined ? hour : timespanOf(cooldown, 'cooldown'),
    expectedOf: expected === undefined ? [] : readExpected(expected),
    rule,
    key: readKey(read, keyOf(kind)),
  };
}

function readExpected(node: Node): ClientKind[] {
  return textsOf(node, 'expected_of').map((name) => {
    const kind = clientKinds.find((each) => each === name);
    if (kind !== undefined) return kind;
    throw new Mistake(node.place, `"${name}" is no kind of client`, `write of ${clientKinds.join(', ')}`);
  });
}

function readScenarios(node: Node): string[] {
  const names = textsOf(node, 'scenarios');
  const odd = names.find((name) => !kebab.test(name));
  if (odd !== undefined) throw new Mistake(node.place, `scenario "${odd}"`, 'write small letters and dashes');
  return names;
}

/** `owasp.api1.2023` and `spec.7.1.3` mean something here; other tags are the author's. */
function readTags(node: Node): { owasp: string[]; clauses: string[] } {
  const tags = textsOf(node, 'tags');
  const found = (pattern: RegExp) =>
    tags.map((tag) => pattern.exec(tag)).filter((match): match is RegExpExecArray => match !== null);
  return {
    owasp: found(/^owasp\.api(\d{1,2})\.(\d{4})$/i).map(([, number, year]) => `API${number}:${year}`),
    clauses: found(/^spec\.([\w.]+)$/i).map(([, clause]) => clause),
  };
}

function readKey(read: Read, fallback: readonly string[]): readonly string[] {
  const node = read('key');
  if (node === undefined) return fallback;
  const key = textsOf(node, 'key');
  const odd = key.find((name) => fieldNamed(name) === undefined);
  if (odd === undefined) return key;
  throw new Mistake(node.place, `unknown field "${odd}"`, suggest(odd, [...fields.keys()]));
}
