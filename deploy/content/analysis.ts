/**
 * All content in force, for one run: what `read` and `judge` look for. What crosses threads is plain data; a compiled
 * rule set is closures and stays where it was compiled, so each thread compiles the documents for itself.
 *
 *     main:   const { documents, recognizers, rules, problems } = await loadAnalysis(config);   new Detector(rules, …)
 *     shard:  new ClearMatcher(compileRules(documents)),   new Classifier(recognizers)
 */
import { createHash } from 'node:crypto';
import {
  Classifier,
  compileRules,
  describeProblem,
  type ProtoTable,
  type RecognizerSet,
  type RuleSet,
} from '../../analyzer/analyzer.ts';
import type { Node } from '../config/document.ts';
import type { Config } from '../config.ts';
import { loadProtos } from './protos/protos.ts';
import { inOrder, readRecognizers } from './recognizers.ts';
import { loadRules, shippedRules } from './rules.ts';

/** Plain data: crosses threads as it is. */
export interface SharedContent {
  readonly recognizers: RecognizerSet;
  /** Sound YAML of rule files: what `compileRules` takes. */
  readonly documents: readonly Node[];
  /** Descriptions of messages of gRPC; undefined when there are none. */
  readonly protos?: ProtoTable | undefined;
}

export interface Analysis extends SharedContent {
  /** The documents compiled, for this thread. */
  readonly rules: RuleSet;
  /** What is not in force and why: a sentence each, with file, line and what to do. Sorted as it was met. */
  readonly problems: readonly string[];
}

/** Shipped content does not change while a process runs: it is read once. */
let shippedAnalysis: Promise<Analysis> | undefined;

type Content = Pick<Config, 'rules' | 'labels'> & Partial<Pick<Config, 'protos'>>;

/** Shipped content and that of the configured folders. Nothing in a file makes it fail: the rest stays in force. */
export function loadAnalysis(config: Content): Promise<Analysis> {
  if (config.rules.length > 0 || config.labels.length > 0 || (config.protos ?? []).length > 0) return load(config);
  shippedAnalysis ??= load(config);
  return shippedAnalysis;
}

async function load(config: Content): Promise<Analysis> {
  const { files, problems } = loadRules([shippedRules(), ...config.rules]);
  const documents = files.flatMap((file) => file.documents);
  const rules = compileRules(documents);
  const read = await readRecognizers(config.labels);
  const fitting = fittingTogether(read);
  const protos = loadProtos(config.protos ?? []);
  return {
    recognizers: fitting.set,
    documents,
    protos: protos.table,
    rules,
    problems: [
      ...[...problems, ...rules.problems, ...protos.problems].map(describeProblem),
      ...read.problems,
      ...fitting.problems,
    ],
  };
}

/**
 * Names what the content says, wherever its files lie: 32 hex digits, the same for the same rules, recognizers,
 * reference tables and descriptions of messages.
 */
export function contentDigest({ recognizers, documents, protos }: SharedContent): string {
  const plain = (key: string, value: unknown) => {
    if (key === 'place') return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  };
  const said = JSON.stringify([recognizers, documents, ...(protos === undefined ? [] : [protos])], plain);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

/** Patterns become one machine, which has a largest size: recognizers of the operator that don't fit in are left out. */
export function fittingTogether({ set, files }: Pick<Awaited<ReturnType<typeof readRecognizers>>, 'set' | 'files'>): {
  readonly set: RecognizerSet;
  readonly problems: readonly string[];
} {
  // Ours are known to fit; to try it takes half a second.
  if (files.every(({ shipped }) => shipped) || sizeProblem(set) === undefined) return { set, problems: [] };
  const kept = new Map(
    files.flatMap(({ shipped, recognizer: each }) => (shipped && each ? [[each.name, each] as const] : [])),
  );
  const problems: string[] = [];
  for (const { file, recognizer, shipped } of files) {
    if (shipped || recognizer === undefined) continue;
    const recognizers = inOrder([...kept.values()].filter(({ name }) => name !== recognizer.name).concat(recognizer));
    const reason = sizeProblem({ ...set, recognizers });
    if (reason === undefined) kept.set(recognizer.name, recognizer);
    else problems.push(`${file}:1:1: ${reason} with those before; write fewer and shorter patterns`);
  }
  return { set: { ...set, recognizers: inOrder(kept.values()) }, problems };
}

function sizeProblem(set: RecognizerSet): string | undefined {
  try {
    new Classifier(set);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'PatternError') return error.message;
    throw error;
  }
}
