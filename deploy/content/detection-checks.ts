/** Rule files as a person looks after them: what is in force, and whether each does what its examples say. */
import { compileRules, describeProblem, type RuleSet, runExamples } from '../../analyzer/analyzer.ts';
import type { Node } from '../config/document.ts';
import type { Place } from '../config/problems.ts';
import type { RuleRow } from './rule-row.ts';
import type { RuleFiles } from './rules.ts';

/** A document of a rule file, as far as it can be told without compiling it. */
interface Outline {
  readonly place: Place;
  readonly kind: string;
  /** As the compiler names it. */
  readonly name: string;
  readonly title: string;
  readonly titleZh: string | undefined;
}

/** Each document with its title, and what is wrong. */
export function listDetections(files: RuleFiles): RuleRow[] {
  const outlines = outlinesOf(files);
  const rules = compileRules(files.files.flatMap(({ documents }) => documents));
  const broken = brokenRows(files, rules, outlines);
  const idle = new Map(rules.idle.map(({ name, reason }) => [name, reason]));
  const inForce = new Set([...rules.rules, ...rules.correlations].map(({ name }) => name));
  const sound = outlines.filter(({ place, kind, name }) => {
    if (kind !== 'filter') return inForce.has(name) || idle.has(name);
    return !broken.some((row) => row.file === place.file && row.rule === name);
  });
  const rows = sound.map(({ place, kind, name, title, titleZh }): RuleRow => {
    const why = idle.get(name);
    const not = why === undefined ? '' : ` (not in force: ${why})`;
    const chinese =
      titleZh === undefined ? {} : { messageZh: why === undefined ? titleZh : `${titleZh}（未生效：${why}）` };
    return { file: place.file, rule: name, kind, ok: true, message: `${title}${not}`, ...chinese };
  });
  return [...rows, ...broken];
}

/** Runs the examples of `tested` against these rules and all the `others`. */
export function checkDetections(tested: RuleFiles, others: RuleFiles): RuleRow[] {
  const outlines = outlinesOf(tested);
  const files = new Set(outlines.map(({ place }) => place.file));
  // Those under test come first: a copy of a rule that is in force takes its name, and not the other way round.
  const all = compileRules([...tested.files, ...others.files].flatMap(({ documents }) => documents));
  const own = all.examples.filter(({ node }) => files.has(node.place.file));
  const rows = brokenRows(tested, { problems: all.problems.filter(({ place }) => files.has(place.file)) }, outlines);
  const places = new Map(own.flatMap(({ rule, node }) => placesOf(rule, node)));
  const { results, problems } = runExamples({ ...all, examples: own });
  for (const { rule, about, expected, found } of results) {
    const place = places.get(exampleKey(rule, about));
    const file = place?.file ?? '';
    const kind = expected ? 'found' : 'pass';
    const wrong = expected ? 'this must be found, and is not' : 'this must pass, and is found';
    const message =
      found === expected ? about : `${file}:${place?.line ?? 1}: ${wrong}: ${about}; mend rule or example`;
    rows.push({ file, rule, kind, ok: found === expected, message });
  }
  rows.push(...brokenRows({ problems }, { problems: [] }, outlines));
  return [...rows, ...oneSided(all, own, outlines)];
}

/** A rule that has examples needs both kinds; one of another project, which has none, is told as such. */
function oneSided(all: RuleSet, own: RuleSet['examples'], outlines: readonly Outline[]): RuleRow[] {
  const reporting = new Set(
    [...all.rules, ...all.correlations].flatMap(({ name, reports }) => (reports ? [name] : [])),
  );
  const form = new Map([...all.rules, ...all.correlations].map(({ name, form: { rule } }) => [name, rule]));
  return outlines.flatMap(({ place, kind, name }): RuleRow[] => {
    if (!reporting.has(name)) return [];
    const kinds = own.filter(({ rule }) => rule === form.get(name)).flatMap(({ node }) => expectations(node));
    const row = { file: place.file, rule: name, kind };
    if (kinds.length === 0) return [{ ...row, ok: true, message: 'in force; it has no examples to be run' }];
    const missing = [true, false].find((each) => !kinds.includes(each));
    if (missing === undefined) return [];
    const what = missing ? 'no example that must be found' : 'no example that must pass';
    return [{ ...row, ok: false, message: `${place.file}:${place.line}: ${what}; write one under examples` }];
  });
}

function expectations(node: Node): boolean[] {
  return items(node).flatMap((item) => {
    const value = scalarOf(item, 'found');
    return typeof value === 'boolean' ? [value] : [];
  });
}

function placesOf(rule: string, node: Node): (readonly [string, Place])[] {
  return items(node).map((item) => [exampleKey(rule, String(scalarOf(item, 'about'))), item.place] as const);
}

function exampleKey(rule: string, about: string): string {
  return `${rule}\n${about}`;
}

/** A row for each mistake, under the name of the document it lies in. */
function brokenRows(
  { problems }: Pick<RuleFiles, 'problems'>,
  rules: Pick<RuleSet, 'problems'>,
  outlines: readonly Outline[],
): RuleRow[] {
  return [...problems, ...rules.problems].map((problem): RuleRow => {
    const { file, line } = problem.place;
    const around = outlines.findLast(({ place }) => place.file === file && place.line <= line);
    const { kind, name } = around ?? { kind: 'detection', name: '' };
    return { file, rule: name, kind, ok: false, message: describeProblem(problem) };
  });
}

/** Names of the documents that look for something, as the compiler names them. */
export function documentNames(files: Pick<RuleFiles, 'files'>): string[] {
  return outlinesOf(files).flatMap(({ kind, name }) => (kind === 'filter' ? [] : [name]));
}

function outlinesOf({ files }: Pick<RuleFiles, 'files'>): Outline[] {
  return files.flatMap(({ documents }) =>
    documents.map((document): Outline => {
      const text = (key: string) => {
        const value = scalarOf(document, key);
        return typeof value === 'string' ? value : undefined;
      };
      const kind = ['correlation', 'filter'].find((each) => hasKey(document, each)) ?? 'detection';
      const title = text('title') ?? '';
      const name = text('name') ?? text('id') ?? `${document.place.file} ${title}`;
      return { place: document.place, kind, name, title, titleZh: text('title_zh') };
    }),
  );
}

export function hasKey(node: Node, key: string): boolean {
  return node.kind === 'mapping' && node.entries.some((entry) => entry.key === key);
}

function scalarOf(node: Node, key: string): unknown {
  const value = node.kind === 'mapping' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
  return value?.kind === 'scalar' ? value.value : undefined;
}

function items(node: Node): readonly Node[] {
  return node.kind === 'list' ? node.items : [];
}
