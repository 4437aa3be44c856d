/** The query of a request target as leaves. */
import { FormParser } from './form.ts';
import { parseLatin1, plainPairs } from './latin1.ts';
import type { LeafOutput } from './output.ts';

/** `query` as sent, Latin-1, without the question mark. */
export function queryLeaves(output: LeafOutput, query: string): void {
  if (query === '') return;
  const root = output.tree.root('query');
  if (!plainPairs(output, root, query)) parseLatin1(new FormParser(output, root), query);
}
