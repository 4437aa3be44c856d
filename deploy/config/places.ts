/** The keys that say where networks are and whose: a list, or the name of a table with a line for each network. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { canonicalCidr } from '../../analyzer/analyzer.ts';
import { entriesOf } from './callers.ts';
import type { Node } from './document.ts';
import { readMapping, readText, type Take } from './fields.ts';
import type { Place as InFile, Problems } from './problems.ts';

export interface RegionConfig {
  readonly cidr: string;
  readonly region: string;
}

export interface OrganisationConfig {
  readonly cidr: string;
  readonly organisation: string;
}

const mostLines = 1_000_000;
const mostOctets = 128 * 2 ** 20;
const mostCharacters = 200;

/** What a table says of a network. */
interface Kind {
  /** Key of an entry; the first of the names that a heading may give the column. */
  readonly names: readonly [string, ...string[]];
  readonly example: string;
  /** The value as it is kept; undefined where it is none. */
  read(text: string): string | undefined;
}

const regionKind: Kind = {
  names: ['region'],
  example: 'CN-31',
  read: (text) => (/^[A-Za-z]{2}(?:-[A-Za-z0-9]{1,8})?$/.test(text) ? text.toUpperCase() : undefined),
};

const organisationKind: Kind = {
  names: ['organisation', 'organization'],
  example: 'China Telecom',
  read: (text) => (text !== '' && text.length <= mostCharacters && !/\p{Cc}/u.test(text) ? text : undefined),
};

export function readRegions(node: Node, path: string, problems: Problems): readonly RegionConfig[] {
  return readTable(node, path, problems, regionKind).map(({ cidr, value }) => ({ cidr, region: value }));
}

export function readOrganisations(node: Node, path: string, problems: Problems): readonly OrganisationConfig[] {
  return readTable(node, path, problems, organisationKind).map(({ cidr, value }) => ({ cidr, organisation: value }));
}

interface Said {
  readonly cidr: string;
  readonly value: string;
}

/** What is taken in, and the line where each network was named first. */
class Table {
  readonly said: Said[] = [];
  readonly #lines = new Map<string | number, number>();
  /** One text for all networks of an organisation. */
  readonly #texts = new Map<string, string>();

  constructor(
    private readonly kind: Kind,
    private readonly problems: Problems,
  ) {}

  take(what: string, cidr: string | undefined, text: string | undefined, place: InFile, advice: string): void {
    const network = cidr === undefined ? null : canonicalCidr(cidr);
    const value = text === undefined ? undefined : this.kind.read(text);
    const before = network === null ? undefined : this.#lines.get(network);
    if (network === null) this.problems.add(`${what} names no network`, place, advice);
    else if (value === undefined) this.problems.add(`${what} names no ${this.kind.names[0]}`, place, advice);
    else if (before !== undefined)
      this.problems.add(`${what} names ${cidr} again, after line ${before}`, place, 'name each network once');
    else {
      this.#lines.set(network, place.line);
      if (!this.#texts.has(value)) this.#texts.set(value, value);
      this.said.push({ cidr: cidr!, value: this.#texts.get(value)! });
    }
  }
}

function readTable(node: Node, path: string, problems: Problems, kind: Kind): readonly Said[] {
  const table = new Table(kind, problems);
  if (node.kind === 'scalar') readFile(node, path, problems, kind, table);
  else {
    const [key] = kind.names;
    const advice = `write {cidr: 198.51.100.0/24, ${key}: ${kind.example}}`;
    for (const [i, item] of entriesOf(node, path, problems, `cidr and ${key}`).entries()) {
      let cidr: string | undefined;
      let text: string | undefined;
      const takes: Record<string, Take> = {
        cidr: ({ value }, full) => (cidr = readText(value, full, problems)?.trim()),
        [key]: ({ value }, full) => (text = readText(value, full, problems)?.trim()),
      };
      readMapping(item, `${path}[${i}]`, takes, [], problems);
      table.take(`${path}[${i}]`, cidr, text, item.place, advice);
    }
  }
  return table.said;
}

function readFile(node: Node, path: string, problems: Problems, kind: Kind, table: Table): void {
  const name = readText(node, path, problems);
  if (name === undefined) return;
  const file = resolve(dirname(node.place.file), name);
  let lines: readonly string[];
  try {
    if (statSync(file).size > mostOctets) throw new RangeError(`more than ${mostOctets >> 20} MiB`);
    lines = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).split(/\r?\n/);
    if (lines.length > mostLines) throw new RangeError(`more than ${mostLines} lines`);
  } catch (error) {
    problems.add(`${path} cannot be read (${(error as Error).message})`, node.place, 'name a table of networks');
    return;
  }
  const advice = `write lines such as 198.51.100.0/24,${kind.example}`;
  /** Column of the value; without a heading what is said stands in the second one. */
  let column = 1;
  let isFirst = true;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const cells = cellsOf(line);
    const place = { file, line: i + 1, column: 1 };
    const wasFirst = isFirst;
    isFirst = false;
    // A heading is no network.
    if (wasFirst && canonicalCidr(cells[0]!) === null && !/\d/.test(cells[0]!)) {
      const found = cells.findIndex((cell) => kind.names.includes(cell.toLowerCase()));
      if (found > 0) column = found;
      else if (cells.length > 2) {
        problems.add(`the heading names no ${kind.names[0]}`, place, `write cidr,region,organisation`);
        return;
      }
      continue;
    }
    // A table of several columns need not say everything of a network.
    if (cells.length > 2 && cells[column] === '') continue;
    table.take('the line', cells[0], cells[column], place, advice);
  }
}

/** Cells of a line (RFC 4180); one that begins with a quotation mark ends with one. */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  const cells = line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))/g);
  return [...cells].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim());
}
