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

export interface AnchorContent {
  readonly path: string;
  readonly exists: boolean;
  readonly lines: readonly AnchorLine[];
  /** Numbers of the lines, from 1, that are no anchor lines. */
  readonly damaged: readonly number[];
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
  if (!existsSync(path)) return { path, exists: false, lines: [], damaged: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KeyError(`${path} can't be read (${codeOf(error)}): name the anchor file.`, { cause: error });
  }
  const lines: AnchorLine[] = [];
  const damaged: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = parse(line);
    if (read === undefined) damaged.push(index + 1);
    else lines.push(read);
  }
  return { path, exists: true, lines, damaged };
}

/** A log host stores a line with its own head before it. */
function parse(text: string): AnchorLine | undefined {
  const line = text.slice(Math.max(0, text.indexOf('{"writer"')));
  try {
    const { writer, number, ts, hash, signature } = JSON.parse(line) as Partial<AnchorLine>;
    const isWhole =
      typeof writer === 'string' &&
      Number.isSafeInteger(number) &&
      Number.isSafeInteger(ts) &&
      /^[0-9a-f]{64}$/.test(String(hash)) &&
      typeof signature === 'string';
    return isWhole ? { writer, number: number!, ts: ts!, hash: hash!, signature } : undefined;
  } catch {
    return undefined;
  }
}
