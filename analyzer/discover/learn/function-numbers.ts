/**
 * Numbers that stand as words of a path (`/api/331100`): functions while they are a closed set, each called again; ids
 * when ever new ones come.
 */
import type { Node } from './trie.ts';

const leastOpen = 24;
const onceOfOpen = 0.6;

export function isFunctionNumber(word: string): boolean {
  return word.length >= 5 && word.length <= 6 && /^\d+$/.test(word);
}

/** The numbers at this place are ids, all of them; empty while they are functions. */
export function openNumbers(node: Node): readonly string[] {
  const numbers: string[] = [];
  let once = 0;
  for (const [word, child] of node.children) {
    if (child.settled || !isFunctionNumber(word)) continue;
    numbers.push(word);
    if (child.calls() === 1) once++;
  }
  return numbers.length >= leastOpen && once >= onceOfOpen * numbers.length ? numbers : [];
}
