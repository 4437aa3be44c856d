/** The keys that say whose networks are whose: the house's own, and clients that are known. */
import { cidrProblem, clientKinds, type KnownNetwork } from '../../analyzer/analyzer.ts';
import type { Node } from './document.ts';
import { readMapping, readText, type Take } from './fields.ts';
import type { Problems } from './problems.ts';

const mostEntries = 10_000;

/** A list of `{cidr, kind}`. */
export function readKnownClients(node: Node, path: string, problems: Problems): readonly KnownNetwork[] {
  const advice = 'write - {cidr: 10.2.7.9/32, kind: monitor}';
  if (node.kind !== 'list' || node.items.length > mostEntries) {
    problems.add(`${path} is not a list of at most ${mostEntries}`, node.place, advice);
    return [];
  }
  return node.items.flatMap((item, i) => {
    const at = `${path}[${i}]`;
    let cidr: string | undefined;
    let kind: string | undefined;
    const takes: Record<string, Take> = {
      cidr: ({ value }, full) => (cidr = readText(value, full, problems)?.trim()),
      kind: ({ value }, full) => (kind = readText(value, full, problems)?.trim()),
      note: ({ value }, full) => readText(value, full, problems),
    };
    readMapping(item, at, takes, [], problems);
    const known = clientKinds.find((each) => each === kind);
    if (cidr !== undefined && cidrProblem(cidr) === null && known !== undefined) return [{ cidr, kind: known }];
    if (cidr === undefined || cidrProblem(cidr) !== null) problems.add(`${at} names no network`, item.place, advice);
    else problems.add(`${at} is of no kind`, item.place, `write one of ${clientKinds.join(', ')}`);
    return [];
  });
}
