/** Readers of single values: each checks kind and range, and tells a mistake with its place instead of throwing. */
import type { Entry, Node } from './document.ts';
import { nearestName, type Problems } from './problems.ts';

/** Takes over an entry's value; `path` is its full name (`capture.maxFlows`). */
export type Take = (entry: Entry, path: string) => void;

/** Walks a mapping: known keys go to their `Take`, keys of later versions and unknown keys are problems. */
export function readMapping(
  node: Node,
  path: string,
  takes: Readonly<Record<string, Take>>,
  later: readonly string[],
  problems: Problems,
): void {
  if (node.kind !== 'mapping') {
    const keys = Object.keys(takes).join(', ');
    problems.add(`${path === '' ? 'the file' : path} is not a mapping`, node.place, `write keys below it: ${keys}`);
    return;
  }
  for (const entry of node.entries) {
    const full = path === '' ? entry.key : `${path}.${entry.key}`;
    if (Object.hasOwn(takes, entry.key)) {
      if (entry.value.kind === 'scalar' && entry.value.value === null) {
        problems.add(`${full} has no value`, entry.place, 'give one, or remove the key to have its default');
      } else takes[entry.key](entry, full);
    } else if (later.includes(entry.key)) {
      problems.add(`${full} is not supported by this version yet`, entry.place, 'remove the key');
    } else {
      const known = [...Object.keys(takes), ...later];
      const near = nearestName(entry.key, known);
      const advice =
        near === undefined ? `the keys here are ${Object.keys(takes).join(', ')}` : `did you mean "${near}"?`;
      problems.add(`unknown key "${entry.key}"`, entry.place, advice);
    }
  }
}

/** `longest` in characters. */
export function readText(node: Node, path: string, problems: Problems, longest = 1000): string | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value.trim() === '') {
    problems.add(`${path} is not a text`, node.place, 'write words; a value of digits needs quotes');
    return undefined;
  }
  if (node.value.length > longest) {
    problems.add(`${path} has ${node.value.length} characters`, node.place, `at most ${longest} are accepted`);
    return undefined;
  }
  return node.value;
}

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

export function readInteger(node: Node, path: string, range: Range, problems: Problems): number | undefined {
  const value = node.kind === 'scalar' && typeof node.value === 'number' ? node.value : Number.NaN;
  return inRange(value, node, path, range, 'a whole number', problems);
}

const SIZE = /^(\d{1,12}) ?(B|KiB|MiB|GiB)$/;
const FACTOR: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Octets: a number, or a number with B, KiB, MiB or GiB. */
export function readSize(node: Node, path: string, range: Range, problems: Problems): number | undefined {
  let value = Number.NaN;
  if (node.kind === 'scalar') {
    if (typeof node.value === 'number') value = node.value;
    const size = SIZE.exec(String(node.value));
    if (size) value = Number(size[1]) * FACTOR[size[2]];
  }
  return inRange(value, node, path, range, 'a size such as 64 MiB or a number of octets', problems);
}

function inRange(value: number, node: Node, path: string, range: Range, kind: string, problems: Problems) {
  if (!Number.isSafeInteger(value)) problems.add(`${path} is not ${kind}`, node.place, limits(range));
  else if (value < range.least || value > range.most) problems.add(`${path} is ${value}`, node.place, limits(range));
  else return value;
  return undefined;
}

function limits({ least, most, unit }: Range): string {
  return `write ${least} to ${most}${unit === '' ? '' : ` ${unit}`}`;
}

export function readSwitch(node: Node, path: string, problems: Problems): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  problems.add(`${path} is neither true nor false`, node.place, 'write true or false');
  return undefined;
}

const MAX_PORTS = 64;

/** A list of UDP or TCP ports; it may be empty. */
export function readPorts(node: Node, path: string, problems: Problems): number[] | undefined {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'write ports between brackets: [4789, 8472]');
    return undefined;
  }
  if (node.items.length > MAX_PORTS) {
    problems.add(`${path} has ${node.items.length} ports`, node.place, `at most ${MAX_PORTS} are accepted`);
    return undefined;
  }
  const ports: number[] = [];
  for (const item of node.items) {
    const port = readInteger(item, `${path} has a port that`, { least: 1, most: 65_535, unit: '' }, problems);
    if (port !== undefined) ports.push(port);
  }
  return ports.length === node.items.length ? [...new Set(ports)] : undefined;
}

/** A name of the IANA time zone database, with the database's own spelling where only case differs. */
export function readZone(node: Node, path: string, problems: Problems): string | undefined {
  const zone = readText(node, path, problems);
  if (zone === undefined) return undefined;
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(zone);
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return timeZone.toLowerCase() === zone.toLowerCase() ? timeZone : zone;
  } catch {
    problems.add(`${path} "${zone}" is not a time zone`, node.place, 'write an IANA name such as Asia/Shanghai');
    return undefined;
  }
}
