/** Content files: which there are, and their text. What can't be read is told and left out; the rest stays in force. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ContentProblem } from './documents.ts';

/** Octets of a content file; longer ones are refused unread. */
export const longestFile = 4 * 2 ** 20;
/** Files of one set; what is beyond is told and left out. */
const mostFiles = 5000;

const YAML = /\.ya?ml$/;

export interface TextFile {
  readonly path: string;
  /** As told to people: relative to the working folder where it is below it. */
  readonly shown: string;
  readonly text: string;
}

export interface TextFiles {
  readonly files: readonly TextFile[];
  readonly problems: readonly ContentProblem[];
}

/**
 * `sources`: folders (read with what is below them, in order of names) and files. `what` they hold: `rules`. Of a folder
 * the files whose name is `wanted`; a file that is named itself is read unless its name is of `others`.
 */
export function readTexts(sources: readonly string[], what: string, wanted = YAML, others?: RegExp): TextFiles {
  const files: TextFile[] = [];
  const problems: ContentProblem[] = [];
  const tell = (path: string, fault: string, advice: string) => {
    problems.push({ place: { file: shownPath(path), line: 1, column: 1 }, what: fault, advice });
  };
  const paths = sources.flatMap((source) => list(source, what, wanted, tell)).filter((path) => !others?.test(path));
  if (paths.length > mostFiles) tell(paths[mostFiles], `more than ${mostFiles} files`, 'the rest is not in force');
  for (const path of paths.slice(0, mostFiles)) {
    try {
      if (statSync(path).size > longestFile) {
        tell(path, `the file is larger than ${longestFile >> 20} MiB`, 'split it');
        continue;
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
      files.push({ path, shown: shownPath(path), text });
    } catch (error) {
      tell(path, `the file can't be read (${reasonOf(error)})`, 'check that it is UTF-8 text and readable');
    }
  }
  return { files, problems };
}

export function shownPath(path: string): string {
  const name = relative(process.cwd(), path);
  return name === '' || name.startsWith('..') ? path : name;
}

type Tell = (file: string, what: string, advice: string) => void;

function list(source: string, what: string, wanted: RegExp, tell: Tell): string[] {
  try {
    if (!statSync(source).isDirectory()) return [source];
    return readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && wanted.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
  } catch (error) {
    tell(source, `there are no ${what} to be read (${reasonOf(error)})`, 'name a folder or a file that is there');
    return [];
  }
}

/** Files of the folder, or the file itself, whose name is `wanted`; of what can't be read none. */
export function listFiles(source: string, wanted: RegExp): string[] {
  return list(source, '', wanted, () => {}).filter((path) => wanted.test(path));
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'not UTF-8';
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
