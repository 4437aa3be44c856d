/** Tables for people: two spaces between columns, no boxes, numbers to the right, long cells cut. */
import { cutMiddle, cutSentence, printable, textWidth } from './width.ts';

/** A number is grouped by thousands and set to the right; a ready text goes as it is. */
export type Cell = string | number;

export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** Narrowest the column may be cut to, in terminal columns. Absent: it is cut only when nothing else is left. */
  readonly min?: number;
  /** Sentences are cut at their end, all else in the middle: names part at both ends. */
  readonly prose?: true;
  /** How much of the room it may claim beside others, 1 by default: what people look for gets more. */
  readonly weight?: number;
}

const gap = 2;
/** Rows looked at before the widths are fixed; what follows is cut to them, so any number of rows fits in memory. */
const rowsMeasured = 500;
const hardMinimum = 3;

function cellText(cell: Cell): string {
  return typeof cell === 'number' ? groupThousands(cell) : printable(cell);
}

export function groupThousands(value: number): string {
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value);
}

/** Widths that fit: the column that is widest for its weight gives way first, by one. */
export function fitWidths(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const room = width - gap * (columns.length - 1);
  const claim = (i: number) => widths[i]! / (columns[i]!.weight ?? 1);
  const total = () => widths.reduce((sum, each) => sum + each, 0);
  for (const floor of [(i: number) => columns[i]!.min ?? natural[i]!, () => hardMinimum]) {
    while (total() > room) {
      let widest = -1;
      for (let i = 0; i < widths.length; i++) {
        if (widths[i]! > floor(i) && (widest < 0 || claim(i) > claim(widest))) widest = i;
      }
      if (widest < 0) break;
      widths[widest]!--;
    }
  }
  return widths;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? space + text : text + space;
}

function line(texts: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const cells = texts.map((text, i) => {
    const { prose, align = 'left' } = columns[i]!;
    return pad((prose ? cutSentence : cutMiddle)(text, widths[i]!), widths[i]!, align);
  });
  return `${cells.join(' '.repeat(gap)).trimEnd()}\n`;
}

function measure(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const natural = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]!)), textWidth(column.header)),
  );
  return fitWidths(columns, natural, width);
}

/** The whole table as text, header first. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string {
  const texts = rows.map((row) => row.map(cellText));
  const widths = measure(columns, texts, width);
  const header = columns.map((column) => column.header);
  return [header, ...texts].map((each) => line(each, columns, widths)).join('');
}

/** The same for any number of rows, in bounded memory. Yields nothing at all when there are no rows. */
export async function* streamTable(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Cell[]>,
  width: number,
): AsyncGenerator<string> {
  let waiting: string[][] = [];
  let widths: number[] | null = null;
  const fix = () => {
    widths = measure(columns, waiting, width);
    const header = columns.map((column) => column.header);
    const text = [header, ...waiting].map((each) => line(each, columns, widths!)).join('');
    waiting = [];
    return text;
  };
  for await (const row of rows) {
    const texts = row.map(cellText);
    if (widths) yield line(texts, columns, widths);
    else if (waiting.push(texts) === rowsMeasured) yield fix();
  }
  if (!widths && waiting.length > 0) yield fix();
}

/** Name and value, one a line: for one thing in full. A value longer than the line is wrapped under itself. */
export function renderPairs(pairs: readonly (readonly [string, Cell])[], width: number): string {
  const names = Math.max(0, ...pairs.map(([name]) => textWidth(name)));
  const room = Math.max(20, width - names - gap);
  return pairs
    .map(([name, cell]) => {
      const [first = '', ...rest] = wrap(cellText(cell), room);
      const indent = ' '.repeat(names + gap);
      return [pad(name, names, 'left') + ' '.repeat(gap) + first, ...rest.map((part) => indent + part)]
        .map((each) => `${each.trimEnd()}\n`)
        .join('');
    })
    .join('');
}

/** Breaks text at spaces where it can, else anywhere, so that each part fits in `width` columns. */
export function wrap(text: string, width: number): string[] {
  const parts: string[] = [];
  let current = '';
  let used = 0;
  for (const character of text) {
    const next = textWidth(character);
    if (used + next > width) {
      const space = current.lastIndexOf(' ');
      const cut = character !== ' ' && space > 0 ? space : current.length;
      parts.push(current.slice(0, cut).trimEnd());
      current = current.slice(cut).trimStart();
      used = textWidth(current);
      if (character === ' ' && current === '') continue;
    }
    current += character;
    used += next;
  }
  if (current !== '' || parts.length === 0) parts.push(current);
  return parts;
}
