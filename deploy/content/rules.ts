/**
 * Rule files → documents for the compiler: those shipped under rules/detections, and folders the operator names. A
 * file that can't be read is told and left out; the others stay in force.
 */
import { fileURLToPath } from 'node:url';
import type { Node } from '../config/document.ts';
import { type ContentProblem, parseContent } from './documents.ts';
import { readTexts } from './files.ts';

export interface RuleFile {
  readonly file: string;
  readonly documents: readonly Node[];
}

export interface RuleFiles {
  /** By source, in order of names. */
  readonly files: readonly RuleFile[];
  readonly problems: readonly ContentProblem[];
}

/** The detections that come with the product. */
export function shippedRules(): string {
  return fileURLToPath(new URL('rules/detections/', import.meta.resolve('#root/package.json')));
}

/** `sources`: folders (read with what is below them) and files; of them those that are `wanted`. */
export function loadRules(sources: readonly string[], wanted: (path: string) => boolean = () => true): RuleFiles {
  const texts = readTexts(sources, 'rules');
  const problems = [...texts.problems];
  const files: RuleFile[] = [];
  for (const { path, shown, text } of texts.files) {
    if (!wanted(path)) continue;
    const read = parseContent(text, shown);
    problems.push(...read.problems);
    if (read.documents.length > 0) files.push({ file: path, documents: read.documents });
  }
  return { files, problems };
}
