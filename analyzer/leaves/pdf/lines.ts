/**
 * Pieces of a page's text as lines, and each line as cells: what stands on one baseline is a line, what stands close
 * together in it is one text, and a gap wider than a word's is the space between two columns.
 */
import type { Piece } from './content.ts';

export interface Cell {
  text: string;
  readonly left: number;
  right: number;
}

export interface Line {
  readonly y: number;
  readonly size: number;
  readonly cells: Cell[];
}

/** Of the size of the text: how far baselines of one line differ, gaps that part words, and those that part cells. */
const SAME_LINE = 0.45;
const WORD_GAP = 0.18;
const CELL_GAP = 0.9;
/** A narrow gap parts cells where lines above and below have a gap that ends or begins at the same place: points. */
const ALIGNED = 0.5;
/** Lines above and below that are looked at, and of them those that agree. */
const AROUND = 2;
const AGREEING = 2;

/** From the top down. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const sorted = pieces
    .filter(({ x, y, width }) => Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(width))
    .filter(({ text }) => text.trim() !== '')
    .sort((a, b) => b.y - a.y || a.x - b.x);
  const rows: Row[] = [];
  let held: Piece[] = [];
  let top: Piece | null = null;
  for (const piece of sorted) {
    if (top !== null && top.y - piece.y > SAME_LINE * Math.min(top.size, piece.size)) {
      rows.push(rowOf(held));
      held = [];
      top = null;
    }
    top ??= piece;
    held.push(piece);
  }
  if (held.length > 0) rows.push(rowOf(held));
  return rows.map((_, i) => lineOf(rows, i)).filter(({ cells }) => cells.length > 0);
}

interface Row {
  /** From left to right. */
  readonly pieces: readonly Piece[];
  /** Where pieces behind a gap begin, and where they end, in steps of `ALIGNED`. */
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

function rowOf(found: Piece[]): Row {
  found.sort((a, b) => a.x - b.x);
  // Bold text is sometimes drawn twice, a hair apart.
  const pieces = found.filter(({ text, x, size }, i) => {
    const before = found[i - 1];
    return before === undefined || before.text !== text || Math.abs(before.x - x) >= 0.1 * size;
  });
  const starts = new Set<number>();
  const ends = new Set<number>();
  let right = Number.NEGATIVE_INFINITY;
  for (const { x, width, size } of pieces) {
    if (x - right > WORD_GAP * size) {
      starts.add(Math.round(x / ALIGNED));
      ends.add(Math.round((x + width) / ALIGNED));
    }
    right = x + width;
  }
  return { pieces, starts, ends };
}

/** Begins or ends where pieces of lines nearby do. */
function isAligned(rows: readonly Row[], at: number, { x, width }: Piece): boolean {
  let starts = 0;
  let ends = 0;
  for (let i = Math.max(0, at - AROUND); i <= Math.min(rows.length - 1, at + AROUND); i++) {
    if (i === at) continue;
    if (hasNear(rows[i]!.starts, x)) starts++;
    if (hasNear(rows[i]!.ends, x + width)) ends++;
  }
  return starts >= AGREEING || ends >= AGREEING;
}

function hasNear(places: ReadonlySet<number>, x: number): boolean {
  const at = Math.round(x / ALIGNED);
  return places.has(at) || places.has(at - 1) || places.has(at + 1);
}

function lineOf(rows: readonly Row[], at: number): Line {
  const { pieces } = rows[at]!;
  const cells: Cell[] = [];
  let last: Cell | null = null;
  for (const piece of pieces) {
    const { text, x, width, size } = piece;
    const gap: number = last === null ? 0 : x - last.right;
    const isApart = gap >= CELL_GAP * size || (gap > WORD_GAP * size && isAligned(rows, at, piece));
    if (last !== null && !isApart) {
      last.text += gap > WORD_GAP * size ? ` ${text}` : text;
      last.right = Math.max(last.right, x + width);
    } else {
      last = { text, left: x, right: x + width };
      cells.push(last);
    }
  }
  const [first] = pieces;
  return { y: first!.y, size: first!.size, cells: cells.flatMap(parted) };
}

/** Columns that are kept apart by blanks within one piece, as printers' reports are. */
function parted(cell: Cell): Cell[] {
  const text = cell.text.replaceAll('\u00a0', ' ').trim();
  if (!/ {3}|\t/.test(text)) return text === '' ? [] : [{ ...cell, text }];
  const unit = (cell.right - cell.left) / Math.max(1, cell.text.length);
  const cells: Cell[] = [];
  for (const found of text.matchAll(/\S+(?: {1,2}\S+)*/g)) {
    const left = cell.left + found.index * unit;
    cells.push({ text: found[0], left, right: left + found[0].length * unit });
  }
  return cells;
}
