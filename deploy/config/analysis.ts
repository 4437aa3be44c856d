/** The keys that say how traffic is understood: proxies, accounts, content folders, days of the lifecycle. */
import { dirname, resolve } from 'node:path';
import { cidrProblem } from '../../analyzer/analyzer.ts';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import type { Problems } from './problems.ts';

export interface AccountsConfig {
  /** Names of body and query fields, in any case, that name the account on every call. Empty: what names say by themselves. */
  readonly fields: readonly string[];
  /** The same for header fields. */
  readonly headers: readonly string[];
}

export interface LifecycleConfig {
  /** Days after its first success during which an API counts as new. */
  readonly new: number;
  /** Days without a success after which an API counts as inactive. */
  readonly inactive: number;
}

/** Entries of one list; more is another file's content given by mistake. */
const MOST = 10_000;

/** Networks as written; those that are none are told and left out. */
export function readNetworks(node: Node, path: string, problems: Problems): readonly string[] {
  return readTexts(node, path, problems, (text, item) => {
    const problem = cidrProblem(text);
    if (problem === null) return text.trim();
    const [what, advice] = problem.split(': ', 2);
    problems.add(`${item.path} ${what}`, item.node.place, advice);
    return undefined;
  });
}

const hostName = /^(?:\*\.)?(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*$/i;

/** Host names, `*.` before a domain for all below it, and networks. */
export function readPartners(node: Node, path: string, problems: Problems): readonly string[] {
  return readTexts(node, path, problems, (text, item) => {
    const host = text.trim();
    const isNetwork = host.includes('/') || host.includes(':');
    if (isNetwork ? cidrProblem(host) === null : hostName.test(host)) return host.toLowerCase();
    const advice = 'write api.partner.example, *.partner.example or 198.51.100.0/24';
    problems.add(`${item.path} "${host}" names no host or network`, item.node.place, advice);
    return undefined;
  });
}

/** A field's name as it stands on the wire; for a header field a token of RFC 9110 §5.1. */
export function readNames(node: Node, path: string, problems: Problems, of: 'fields' | 'headers'): readonly string[] {
  return readTexts(node, path, problems, (text, item) => {
    const name = text.trim();
    if (of === 'fields' || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name;
    problems.add(
      `${item.path} "${name}" is not a header's name`,
      item.node.place,
      'write it without a colon or blanks',
    );
    return undefined;
  });
}

/** Folders and files; a relative one belongs to the folder of the configuration. */
export function readFolders(node: Node, path: string, problems: Problems): readonly string[] {
  return readTexts(node, path, problems, (text, item) => resolve(dirname(item.node.place.file), text));
}

interface Item {
  readonly node: Node;
  readonly path: string;
}

function readTexts(
  node: Node,
  path: string,
  problems: Problems,
  take: (text: string, item: Item) => string | undefined,
): readonly string[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'write [one, two] or a line with a dash for each');
    return [];
  }
  if (node.items.length > MOST) {
    problems.add(`${path} has ${node.items.length} entries`, node.place, `at most ${MOST} are accepted`);
    return [];
  }
  const seen = new Set<string>();
  for (const [index, item] of node.items.entries()) {
    const text = readText(item, `${path}[${index}]`, problems);
    const value = text === undefined ? undefined : take(text, { node: item, path: `${path}[${index}]` });
    if (value === undefined) continue;
    if (seen.has(value))
      problems.add(`${path}[${index}] "${text}" is there twice`, item.place, 'remove one of the two');
    seen.add(value);
  }
  return [...seen];
}
