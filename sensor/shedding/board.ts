/**
 * What the shards are told of overload: which step of shedding is in force, and the table of priorities. Memory that all
 * threads share, since a shard takes no messages while it works. One writes the step, one the table; shards look at it
 * between their segments.
 */
import { type PriorityRow, PriorityTable } from './priorities.ts';

/** Words: the step, the table's version (odd while it is written), its octets and its rows. */
const STEP = 0;
const VERSION = 1;
const LENGTH = 2;
const ROWS = 3;
const WORDS = 4;
const HEADER = 16;
/** Octets of a table: some ten thousand rows. */
const TABLE_BYTES = 1 << 20;

export type ShedBoard = SharedArrayBuffer;

export function createShedBoard(): ShedBoard {
  return new SharedArrayBuffer(HEADER + TABLE_BYTES);
}

export function writeStep(board: ShedBoard, step: number): void {
  Atomics.store(new Int32Array(board, 0, WORDS), STEP, step);
}

/** Whether there is a table: without one nothing may be shed. */
export function hasPriorities(board: ShedBoard): boolean {
  return Atomics.load(new Int32Array(board, 0, WORDS), ROWS) > 0;
}

/**
 * Rows beyond the room are left out, the last ones first. Answers how many stand. What stands already is not written
 * again: each shard would read it anew.
 */
export function writePriorities(board: ShedBoard, rows: readonly PriorityRow[]): number {
  let kept = rows.length;
  let octets = encode(rows);
  while (octets.length > TABLE_BYTES) {
    kept = Math.floor(Math.min(kept - 1, (kept * TABLE_BYTES) / octets.length));
    octets = encode(rows.slice(0, kept));
  }
  const words = new Int32Array(board, 0, WORDS);
  if (octets.equals(new Uint8Array(board, HEADER, Atomics.load(words, LENGTH)))) return kept;
  Atomics.add(words, VERSION, 1);
  new Uint8Array(board, HEADER).set(octets);
  Atomics.store(words, LENGTH, octets.length);
  Atomics.store(words, ROWS, kept);
  Atomics.add(words, VERSION, 1);
  return kept;
}

function encode(rows: readonly PriorityRow[]): Buffer {
  return Buffer.from(JSON.stringify(rows));
}

export class ShedReader {
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  #version = 0;
  /** Null until there is one: then nothing is shed. */
  table: PriorityTable | null = null;

  constructor(board: ShedBoard) {
    this.#words = new Int32Array(board, 0, WORDS);
    this.#octets = new Uint8Array(board, HEADER);
  }

  get step(): number {
    return Atomics.load(this.#words, STEP);
  }

  /** Takes over a table that was written since. */
  refresh(): void {
    const version = Atomics.load(this.#words, VERSION);
    if (version === this.#version || version % 2 === 1) return;
    const octets = Buffer.from(this.#octets.subarray(0, Atomics.load(this.#words, LENGTH)));
    // Written over meanwhile: the next look will have it.
    if (Atomics.load(this.#words, VERSION) !== version) return;
    this.#version = version;
    const table = new PriorityTable(JSON.parse(octets.toString()) as PriorityRow[]);
    this.table = table.size === 0 ? null : table;
  }
}
