/**
 * The stored rows of a folder's files. A file gets a row when something of it is new: while it is read, when it was
 * read, and once more when it counts as read. Then it is let go of, so a run of months holds what came lately.
 */
import type { Damage, FolderFile, FolderNews } from '../sensor/sensor.ts';
import type { Row } from '../storage/store/store.ts';

/** Calls of a file's last exchanges come when later packets do: only then it has been read. ms */
const FILE_REST_MS = 20_000;
/** Damages told in the folder's own row; the first ones stand. */
const MAX_DAMAGE = 256;

interface Resting {
  readonly file: FolderFile;
  /** When it was read, ms. */
  readonly at: number;
  isStored: boolean;
}

export class FolderRows {
  /** Read, and not yet sure to have given all their calls; oldest first. */
  #resting: Resting[] = [];
  #current: FolderFile | null = null;
  readonly #damage: Damage[] = [];

  /** Files that are held. */
  get size(): number {
    return this.#resting.length;
  }

  take({ finished, current, damage }: FolderNews, now: number): void {
    for (const file of finished) this.#resting.push({ file, at: now, isStored: false });
    this.#current = current;
    for (const one of damage) if (this.#damage.length < MAX_DAMAGE) this.#damage.push(one);
  }

  /** Rows to be stored now, the folder's `own` first, with what befell the sensor; with the run everything that was read is finished. */
  rows(
    own: Row & { readonly state: 'live' | 'finished' },
    incidents: readonly Damage[],
    version: number,
    now: number,
  ): Row[] {
    const rows: Row[] = [{ ...own, damage: JSON.stringify([...this.#damage, ...incidents]), version }];
    const isOver = own.state === 'finished';
    let finished = 0;
    for (const resting of this.#resting) {
      const isFinished = isOver || now - resting.at >= FILE_REST_MS;
      if (isFinished) finished++;
      if (isFinished || !resting.isStored) rows.push(rowOf(resting.file, isFinished ? 'finished' : 'live', version));
      resting.isStored = true;
    }
    // They were read in this order.
    this.#resting = this.#resting.slice(finished);
    if (this.#current !== null) rows.push(rowOf(this.#current, 'live', version));
    return rows;
  }
}

function rowOf(file: FolderFile, state: 'live' | 'finished', version: number): Row {
  const { id, name, size, packets, firstTs, lastTs, damage } = file;
  return { id, name, size, state, packets, firstTs, lastTs, damage: JSON.stringify(damage), version };
}
