/**
 * Rule files → documents for the compiler: those shipped under rules/detections, and folders the operator names. A
 * file that can't be read is told and left out; the others stay in force.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node } from '../config/document.ts';
import { type ContentProblem, longestFile, parseContent } from './documents.ts';

export interface RuleFile {
  /** As told to people: relative to its folder's parent for shipped ones, else as found. */
  readonly file: string;
  readonly documents: readonly Node[];
}

export interface RuleFiles {
  /** Sorted by file. */
  readonly files: readonly RuleFile[];
  readonly problems: readonly ContentProblem[];
}

/** Files of one set; what is beyond is told and left out. */
const mostFiles = 5000;

/** The detections that come with the product. */
export function shippedRules(): string {
  return fileURLToPath(new URL('rules/detections/', import.meta.resolve('#root/package.json')));
}

/** `sources`: folders (read with what is below them) and files. */
export function loadRules(sources: readonly string[]): RuleFiles {
  const files: RuleFile[] = [];
  const problems: ContentProblem[] = [];
  const tell = (file: string, what: string, advice: string) => {
    problems.push({ place: { file, line: 1, column: 1 }, what, advice });
  };
  const paths = sources.flatMap((source) => list(source, tell));
  if (paths.length > mostFiles) tell(paths[mostFiles], `more than ${mostFiles} rule files`, 'the rest is not in force');
  for (const path of paths.slice(0, mostFiles)) {
    try {
      if (statSync(path).size > longestFile) {
        tell(path, `the file is larger than ${longestFile >> 20} MiB`, 'split it');
        continue;
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
      const name = relative(process.cwd(), path);
      const read = parseContent(text, name.startsWith('..') ? path : name);
      problems.push(...read.problems);
      if (read.documents.length > 0) files.push({ file: path, documents: read.documents });
    } catch (error) {
      tell(path, `the file can't be read (${reasonOf(error)})`, 'check that it is UTF-8 text and readable');
    }
  }
  return { files, problems };
}

function list(source: string, tell: (file: string, what: string, advice: string) => void): string[] {
  try {
    if (!statSync(source).isDirectory()) return [source];
    return readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
  } catch (error) {
    tell(source, `there are no rules to be read (${reasonOf(error)})`, 'name a folder or a file that is there');
    return [];
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'not UTF-8';
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
