/** The key `sampling`: which share of the connections is read. */
import type { Node } from './document.ts';
import type { Problems } from './problems.ts';

/** Fewer connections than that tell nothing of anybody. */
const MOST = 1000;

/** `1/N`, N whole; the answer is N. */
export function readSampling(node: Node, path: string, problems: Problems): number | undefined {
  const text = node.kind === 'scalar' ? String(node.value) : '';
  const found = /^1(?: ?\/ ?(\d{1,4}))?$/.exec(text.trim());
  const rate = found === null ? 0 : Number(found[1] ?? 1);
  if (rate >= 1 && rate <= MOST) return rate;
  const what = node.kind === 'scalar' ? `${path} "${text}" is no share of connections` : `${path} is not a share`;
  problems.add(what, node.place, `write 1/10 for one connection of ten, at most 1/${MOST}; 1 reads all`);
  return undefined;
}
