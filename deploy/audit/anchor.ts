/**
 * The anchor: a file that has a line for each seal, written and synced before the next seal is made. Whoever keeps a copy
 * of it where this machine cannot write can prove later that nothing before the copy was changed, by nobody.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, KeyError } from '../key-file.ts';
import type { Seal } from './seal.ts';

const FILE = 'audit.anchor';

export type AnchorLine = Pick<Seal, 'writer' | 'number' | 'ts' | 'hash' | 'signature'>;

export interface ReadLine extends AnchorLine {
  /** Stored by a log host, with its own head before it: other appliances may tell the same host. */
  readonly fromHost: boolean;
}

/** A line that was an anchor line once; what can still be read of it. */
export interface TornLine {
  /** From 1. */
  readonly line: number;
  readonly writer: string | undefined;
  readonly number: number | undefined;
  /** Anchor lines before it. */
  readonly before: number;
}

export interface AnchorContent {
  readonly path: string;
  readonly exists: boolean;
  readonly lines: readonly ReadLine[];
  /** Numbers of the lines, from 1, that are no anchor lines. */
  readonly damaged: readonly number[];
  readonly torn: readonly TornLine[];
}

export function anchorPath(data: string): string {
  return join(data, FILE);
}

/** `before`: what ends a line that was not written whole. Throws KeyError. */
export function appendAnchor(data: string, { writer, number, ts, hash, signature }: Seal, before = ''): void {
  const path = anchorPath(data);
  try {
    const line: AnchorLine = { writer, number, ts, hash, signature };
    appendFileSync(path, `${before}${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw new KeyError(`${path} can't be written (${codeOf(error)}): nothing is sealed without it.`, { cause: error });
  }
}

/** Throws KeyError where there is a file that cannot be read. */
export function readAnchor(path: string): AnchorContent {
  if (!existsSync(path)) return { path, exists: false, lines: [], damaged: [], torn: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KeyError(`${path} can't be read (${codeOf(error)}): name the anchor file.`, { cause: error });
  }
  const lines: ReadLine[] = [];
  const damaged: number[] = [];
  const torn: TornLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = parse(line);
    if (read !== undefined) {
      lines.push(read);
      continue;
    }
    damaged.push(index + 1);
    if (!line.includes('"writer')) continue;
    const number = /"number\\*":(\d{1,15}),/.exec(line)?.[1];
    torn.push({
      line: index + 1,
      writer: /"writer\\*":\\*"([0-9a-f]{16})\\*"/.exec(line)?.[1],
      number: number === undefined ? undefined : Number(number),
      before: lines.length,
    });
  }
  return { path, exists: true, lines, damaged, torn };
}

/** A log host stores a line with its own head before it, some as text within JSON. */
function parse(text: string): ReadLine | undefined {
  const begin = Math.max(0, text.search(/\{\\*"writer\\*":/));
  const end = text.indexOf('}', begin);
  try {
    const { writer, number, ts, hash, signature } = JSON.parse(
      unescaped(text.slice(begin, end + 1)),
    ) as Partial<AnchorLine>;
    const isWhole =
      typeof writer === 'string' &&
      Number.isSafeInteger(number) &&
      Number.isSafeInteger(ts) &&
      /^[0-9a-f]{64}$/.test(String(hash)) &&
      typeof signature === 'string';
    if (!isWhole) return undefined;
    return { writer, number: number!, ts: ts!, hash: hash!, signature, fromHost: text.slice(0, begin).trim() !== '' };
  } catch {
    return undefined;
  }
}

/** No value of a line has anything to escape: what is escaped was so by who stored it, `/`, `+` and `=` among it. */
function unescaped(text: string): string {
  return text
    .replace(/\\+u00([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\', '');
}
