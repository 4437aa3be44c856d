/** The project's own files, as git would track them: what .gitignore names is not looked at. */
import { readdirSync, readFileSync } from 'node:fs';
import { clockUsesOf, defaultExportsOf, type Import, importsOf, tokensOf } from './tokens.ts';

/** A file of code and what its tokens say. */
export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly defaultExports: readonly number[];
  readonly clockUses: readonly { what: string; line: number }[];
}

export interface Tree {
  /** Names of everything at the top level. */
  readonly top: readonly string[];
  /** Path → text of every text file. */
  readonly texts: ReadonlyMap<string, string>;
  /** Path → source of every file of code. */
  readonly sources: ReadonlyMap<string, Source>;
}

const CODE = /\.[cm]?[jt]s$/;

/** Builds a tree of texts; the tests of the rules make small ones of their own. */
export function treeOf(texts: ReadonlyMap<string, string>, top: readonly string[]): Tree {
  const sources = new Map<string, Source>();
  for (const [path, text] of texts) {
    if (!CODE.test(path)) continue;
    const tokens = tokensOf(text);
    sources.set(path, {
      path,
      lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
      imports: importsOf(tokens),
      defaultExports: defaultExportsOf(tokens),
      clockUses: clockUsesOf(tokens),
    });
  }
  return { top, texts, sources };
}

/** Reads the tree under `root` (a URL that ends with a slash). */
export function readTree(root: URL): Tree {
  const ignored = ignoreRules(readFileSync(new URL('.gitignore', root), 'utf8'));
  const texts = new Map<string, string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(new URL(folder, root), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (entry.name === '.git' || ignored(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) walk(`${path}/`);
      else if (entry.isFile()) {
        const bytes = readFileSync(new URL(path, root));
        // As git tells binary from text: a NUL near the beginning.
        if (!bytes.subarray(0, 8000).includes(0)) texts.set(path, bytes.toString('utf8'));
      }
    }
  };
  walk('');
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.name !== '.git' && !ignored(entry.name, entry.isDirectory()))
    .map((entry) => entry.name);
  return treeOf(texts, top);
}

/** The part of .gitignore's language this project uses: names and paths, `*`, a slash at the end for folders. */
function ignoreRules(text: string): (path: string, folder: boolean) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const pattern = line.replace(/\/$/, '').replace(/^\//, '');
      const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
      const anchored = line.replace(/\/$/, '').includes('/');
      return { folders: line.endsWith('/'), matches: new RegExp(anchored ? `^${escaped}$` : `(^|/)${escaped}$`) };
    });
  return (path, folder) => rules.some((rule) => (folder || !rule.folders) && rule.matches.test(path));
}
