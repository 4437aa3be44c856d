/** The keys that name callers: who is blocked, which versions of programs are too old. */
import { cidrProblem } from '../../analyzer/analyzer.ts';
import type { Node } from './document.ts';
import { readMapping, readText, type Take } from './fields.ts';
import { isInstant } from './instants.ts';
import type { Problems } from './problems.ts';

export const blockedKinds = ['cidr', 'account', 'appId', 'userAgent'] as const;
export type BlockedKind = (typeof blockedKinds)[number];

/** One caller whose calls are told of wherever they go. */
export interface BlockedCaller {
  readonly kind: BlockedKind;
  /** A network; an account as typed or as `masked#hash10`; an app id; a part of a User-Agent. */
  readonly value: string;
  /** Days, which count whole, or ISO times with their offset (`isInstant`); absent: without limit. In packet time. */
  readonly from?: string;
  readonly until?: string;
}

export interface ClientVersionConfig {
  /** Absent: any. */
  readonly app?: string;
  /** Product name in the User-Agent: `YunfanTrader`. */
  readonly program: string;
  /** The oldest version that may be used. */
  readonly least: string;
}

const mostEntries = 10_000;

export function entriesOf(node: Node, path: string, problems: Problems, what: string): readonly Node[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, `begin each entry with "- ", then ${what}`);
    return [];
  }
  if (node.items.length <= mostEntries) return node.items;
  problems.add(`${path} has ${node.items.length} entries`, node.place, `at most ${mostEntries} are accepted`);
  return [];
}

export function readBlocked(node: Node, path: string, problems: Problems): readonly BlockedCaller[] {
  return entriesOf(node, path, problems, blockedKinds.join(', ')).flatMap((item, i) => {
    const at = `${path}[${i}]`;
    const found: { kind: BlockedKind; value: string }[] = [];
    const times: { from?: string; until?: string } = {};
    const takes: Record<string, Take> = { note: ({ value }, full) => readText(value, full, problems) };
    for (const kind of blockedKinds) {
      takes[kind] = ({ value }, full) => {
        const text = readText(value, full, problems)?.trim();
        if (text === undefined) return;
        const problem =
          kind === 'cidr' ? cidrProblem(text) : text.length < 3 ? `"${text}" is too short: name more of it` : null;
        if (problem === null) found.push({ kind, value: text });
        else problems.add(`${full} ${problem.split(': ', 1)[0]}`, value.place, problem.split(': ', 2)[1]);
      };
    }
    for (const key of ['from', 'until'] as const) {
      takes[key] = ({ value }, full) => {
        const text = readText(value, full, problems);
        if (text !== undefined && isInstant(text)) times[key] = text;
        else if (text !== undefined)
          problems.add(`${full} "${text}" is no time`, value.place, 'write 2026-10-01 or 2026-10-01T08:00:00+08:00');
      };
    }
    readMapping(item, at, takes, ['ja4'], problems);
    if (found.length === 1) return { ...found[0]!, ...times };
    const named =
      item.kind === 'mapping' && item.entries.some(({ key }) => (blockedKinds as readonly string[]).includes(key));
    if (found.length > 1 || !named)
      problems.add(`${at} names ${found.length} callers`, item.place, `give one of ${blockedKinds.join(', ')}`);
    return [];
  });
}

export function readClientVersions(node: Node, path: string, problems: Problems): readonly ClientVersionConfig[] {
  return entriesOf(node, path, problems, 'program and least').flatMap((item, i) => {
    const entry: { app?: string | undefined; program?: string | undefined; least?: string } = {};
    const takes: Record<string, Take> = {
      app: ({ value }, full) => (entry.app = readText(value, full, problems)?.toLowerCase()),
      program: ({ value }, full) => (entry.program = readText(value, full, problems)),
      least({ value }, full) {
        const text = readText(value, full, problems);
        if (text === undefined) return;
        if (/^\d{1,6}(?:\.\d{1,6}){0,5}$/.test(text)) entry.least = text;
        else problems.add(`${full} "${text}" is no version`, value.place, 'write "6.3.0", in quotes');
      },
    };
    readMapping(item, `${path}[${i}]`, takes, [], problems);
    const { app, program, least } = entry;
    if (program !== undefined && least !== undefined) return { ...(app === undefined ? {} : { app }), program, least };
    const isNamed =
      item.kind === 'mapping' && ['program', 'least'].every((key) => item.entries.some((each) => each.key === key));
    if (!isNamed) problems.add(`${path}[${i}] is not whole`, item.place, 'give program and least');
    return [];
  });
}
