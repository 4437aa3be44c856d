/**
 * Trees below which every path is equally long, of one method, and varies on several levels: a tree of an interface's
 * own words is neither so deep, nor so even, nor so crossed. All its levels are parameters.
 */
import type { Node } from './trie.ts';

const leastLevels = 4;
const leastPaths = 8;

export function isGrid(node: Node): boolean {
  if (node.children.size < 2 || node.methods.size > 0) return false;
  let depth = -1;
  let paths = 0;
  let even = true;
  let only = '';
  const levels: Set<string>[] = [];
  node.walk((path, length, _last, method) => {
    if (depth < 0) {
      depth = length;
      only = method;
    }
    if (!even || length !== depth || method !== only) {
      even = false;
      return;
    }
    paths++;
    for (const [i, segment] of path.split('/').entries()) (levels[i] ??= new Set()).add(segment);
  });
  return even && paths >= leastPaths && levels.filter(({ size }) => size > 1).length >= leastLevels;
}

export function mergeLevels(node: Node): void {
  if (node.children.size > 1) for (const word of [...node.children.keys()]) node.merge(word);
  for (const child of node.children.values()) mergeLevels(child);
}
