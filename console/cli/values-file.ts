/** A file of leaked values as people have them: one a line, or CSV columns, in the encodings that spreadsheets write. */
import { readFileSync, statSync } from 'node:fs';
import { UsageFault } from './faults.ts';
import type { Texts } from './text/en.ts';

const mostLines = 10_000;
/** Octets: a hundred columns of ten thousand lines. */
const mostOctets = 16 * 2 ** 20;

/** A line's fields that may be values; trimmed, unquoted, not empty. */
export interface ValueLine {
  /** From 1. */
  readonly number: number;
  readonly fields: readonly string[];
}

/** Throws UsageFault. Lines without a text are left out. */
export function readValuesFile(file: string, { leak: say }: Texts): readonly ValueLine[] {
  let octets: Buffer;
  try {
    const status = statSync(file);
    if (status.isDirectory()) throw new Error('EISDIR');
    if (status.size > mostOctets) throw new UsageFault(say.tooLong(file, mostLines.toLocaleString('en-US')));
    octets = readFileSync(file);
  } catch (error) {
    if (error instanceof UsageFault) throw error;
    throw new UsageFault(say.unreadable(file, (error as NodeJS.ErrnoException).code ?? (error as Error).message));
  }
  const text = decode(octets);
  if (text === undefined) throw new UsageFault(say.encoding(file));
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ number: index + 1, fields: fieldsOf(line) }));
  const filled = lines.filter(({ fields }) => fields.length > 0);
  if (filled.length > mostLines) throw new UsageFault(say.tooLong(file, mostLines.toLocaleString('en-US')));
  return filled;
}

/** Undefined for what is no text: a zero octet is in none of these but UTF-16. */
function decode(octets: Buffer): string | undefined {
  const mark = octets.subarray(0, 2).toString('hex');
  const wide = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : undefined;
  if (wide === undefined && octets.includes(0)) return undefined;
  for (const encoding of wide === undefined ? ['utf-8', 'gb18030'] : [wide]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(octets);
    } catch {
      // The next one, then.
    }
  }
  return undefined;
}

function fieldsOf(line: string): string[] {
  return line
    .split(/[,;\t，；]/)
    .map((field) =>
      field
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2')
        .replace(/^'/, '')
        .trim(),
    )
    .filter((field) => field !== '');
}

/** Digits, letters and what hides the rest of them: `138****5678`, `张**`, `6222 •••• 1234`. */
export function isMasked(field: string): boolean {
  return /[*＊•●×]{1,}|[xX]{3,}/.test(field) && !/^[*＊•●×xX]+$/.test(field);
}
