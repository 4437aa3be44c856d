/** Who imports whom, by path. */
import { posix } from 'node:path';
import type { Tree } from './tree.ts';

export interface Edge {
  readonly from: string;
  readonly line: number;
  /** `worker` edges load a file elsewhere (new URL, import.meta.resolve); they count for layers, not for circles. */
  readonly kind: 'import' | 'worker';
}
export interface FileEdge extends Edge {
  /** Path from the root. */
  readonly to: string;
}
export interface PackageEdge extends Edge {
  readonly name: string;
}
export interface Edges {
  readonly files: readonly FileEdge[];
  readonly packages: readonly PackageEdge[];
  /** Imports whose target is computed, or is not there. */
  readonly unknown: readonly (Edge & { readonly specifier: string | undefined })[];
}

export function edgesOf(tree: Tree): Edges {
  const files: FileEdge[] = [];
  const packages: PackageEdge[] = [];
  const unknown: (Edge & { specifier: string | undefined })[] = [];
  for (const source of tree.sources.values()) {
    for (const { specifier, kind, line } of source.imports) {
      const edge: Edge = { from: source.path, line, kind: kind === 'url' ? 'worker' : 'import' };
      const path = specifier === undefined ? undefined : pathOf(source.path, specifier);
      if (specifier === undefined) unknown.push({ ...edge, specifier });
      else if (path !== undefined) {
        // What is not code (a folder, SQL, a capture) may be addressed by URL; compiled names stand for their source.
        const to = [path, path.replace(/js$/, 'ts')].find((candidate) => tree.sources.has(candidate));
        if (to !== undefined) files.push({ ...edge, to });
        else if (kind === 'import') unknown.push({ ...edge, specifier });
      } else if (!specifier.startsWith('node:')) packages.push({ ...edge, name: packageOf(specifier) });
    }
  }
  return { files, packages, unknown };
}

/** The path a specifier names inside the project; undefined for packages. */
function pathOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#root/')) return posix.normalize(specifier.slice('#root/'.length));
  if (/^\.\.?(\/|$)/.test(specifier)) return posix.join(posix.dirname(from), specifier);
  return undefined;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
