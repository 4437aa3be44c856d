/** The keys that name callers: who is blocked, which versions of programs are too old, where networks are. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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

export interface RegionConfig {
  readonly cidr: string;
  readonly region: string;
}

const mostEntries = 10_000;
const mostRegions = 500_000;
const mostRegionFile = 64 * 2 ** 20;

function entriesOf(node: Node, path: string, problems: Problems, what: string): readonly Node[] {
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

/** A list of networks with their regions, or the name of a file with a line `network,region` for each. */
export function readRegions(node: Node, path: string, problems: Problems): readonly RegionConfig[] {
  if (node.kind === 'scalar') return readRegionFile(node, path, problems);
  return entriesOf(node, path, problems, 'cidr and region').flatMap((item, i) => {
    let cidr: string | undefined;
    let region: string | undefined;
    const takes: Record<string, Take> = {
      cidr: ({ value }, full) => (cidr = readText(value, full, problems)?.trim()),
      region: ({ value }, full) => (region = readText(value, full, problems)?.trim()),
    };
    readMapping(item, `${path}[${i}]`, takes, [], problems);
    const problem = regionProblem(cidr, region);
    if (problem === null) return { cidr: cidr!, region: region!.toUpperCase() };
    problems.add(`${path}[${i}] ${problem}`, item.place, 'write {cidr: 198.51.100.0/24, region: CN-31}');
    return [];
  });
}

function regionProblem(cidr: string | undefined, region: string | undefined): string | null {
  if (cidr === undefined || cidrProblem(cidr) !== null) return 'names no network';
  return region !== undefined && /^[A-Za-z]{2}(?:-[A-Za-z0-9]{1,8})?$/.test(region) ? null : 'names no region';
}

function readRegionFile(node: Node, path: string, problems: Problems): readonly RegionConfig[] {
  const name = readText(node, path, problems);
  if (name === undefined) return [];
  const file = resolve(dirname(node.place.file), name);
  const advice = 'write lines such as 198.51.100.0/24,CN-31';
  let lines: readonly string[];
  try {
    if (statSync(file).size > mostRegionFile) throw new RangeError(`more than ${mostRegionFile >> 20} MiB`);
    lines = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).split(/\r?\n/);
  } catch (error) {
    problems.add(`${path} cannot be read (${(error as Error).message})`, node.place, 'name a table of networks');
    return [];
  }
  const regions: RegionConfig[] = [];
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const [cidr, region] = text.split(',', 2).map((part) => part.trim().replace(/^"|"$/g, ''));
    // A heading is no network.
    if (i === 0 && cidr !== undefined && cidrProblem(cidr) !== null && !/\d/.test(cidr)) continue;
    const problem = regionProblem(cidr, region);
    if (problem !== null) problems.add(`the line ${problem}`, { file, line: i + 1, column: 1 }, advice);
    else if (regions.length < mostRegions) regions.push({ cidr: cidr!, region: region!.toUpperCase() });
  }
  return regions;
}
