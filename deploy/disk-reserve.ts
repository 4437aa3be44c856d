/**
 * Room that is held against a disk that is full to the last octet: to let old data go the engine wants some itself. A file
 * of nothing in the data folder, given up when it is needed and made again when there is room.
 */
import { rmSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PIECE = Buffer.alloc(2 ** 20, 0x5a);

export class DiskReserve {
  readonly #path: string;
  #isHeld: boolean;

  constructor(
    data: string,
    /** MiB. */
    private readonly size = 32,
  ) {
    this.#path = join(data, 'reserve');
    this.#isHeld = statSync(this.#path, { throwIfNoEntry: false })?.size === size * PIECE.length;
  }

  /** Fills the file with octets, since a hole would hold nothing. `free`: octets; without room to spare there is none. */
  async hold(free: number): Promise<void> {
    if (this.#isHeld || free < 2 * this.size * PIECE.length) return;
    try {
      const file = await open(this.#path, 'w', 0o600);
      try {
        for (let written = 0; written < this.size; written++) await file.write(PIECE);
        await file.sync();
      } finally {
        await file.close();
      }
      this.#isHeld = true;
    } catch {
      await rm(this.#path, { force: true });
    }
  }

  /** Whether there was any to give up. */
  release(): boolean {
    if (!this.#isHeld) return false;
    rmSync(this.#path, { force: true });
    this.#isHeld = false;
    return true;
  }
}
