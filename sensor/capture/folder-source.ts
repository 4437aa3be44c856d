/**
 * A folder that another program writes captures into, one after the other. A file is read when it will not grow any
 * more: when a younger one stands beside it, or when it has not grown for `QUIET_LOOKS` looks. Each is read once, those
 * that are there in the order of their first packets.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { captureIdentity } from './capture-identity.ts';
import { type Damage, emptyPacket, type Packet } from './packet.ts';
import { type CaptureSource, openSource, type SourceOptions } from './source.ts';
import { explainSystemError, UnreadableInput } from './unreadable-input.ts';

/** Between two looks into the folder, ms. */
const LOOK_EVERY = 500;
/** A minute: a writer may gather a block of octets for long when little is captured. */
const QUIET_LOOKS = 120;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** A file of the folder that was read, or is being read. */
export interface FolderFile {
  readonly name: string;
  readonly id: string;
  readonly size: number;
  /** It has been read to its end. */
  isRead: boolean;
}

interface Seen {
  size: number;
  modified: number;
  /** Looks since it grew. */
  quiet: number;
  isTaken: boolean;
}

export class FolderSource implements CaptureSource {
  readonly inputs: string[] = [];
  readonly damage: Damage[] = [];
  readonly files: FolderFile[] = [];
  /** By name; forgotten when the file goes. */
  readonly #seen = new Map<string, Seen>();
  #open: CaptureSource | null = null;
  #closedBytes = 0;
  #closedClamped = 0;

  /**
   * `known`: ids of files that were read before. `onWait` is called at each look; the folder ends when it answers
   * false. Throws CaptureError.
   */
  constructor(
    readonly folder: string,
    private readonly known: ReadonlySet<string>,
    private readonly options: Pick<SourceOptions, 'secrets'> & { readonly onWait: () => boolean },
    private readonly lookEvery = LOOK_EVERY,
  ) {
    try {
      readdirSync(folder);
    } catch (error) {
      throw explainSystemError(folder, error);
    }
  }

  get bytesRead(): number {
    return this.#closedBytes + (this.#open?.bytesRead ?? 0);
  }

  get clamped(): number {
    return this.#closedClamped + (this.#open?.clamped ?? 0);
  }

  read(packet: Packet): boolean {
    for (;;) {
      if (this.#open?.read(packet)) {
        packet.input = this.inputs.length - 1;
        return true;
      }
      this.#finish();
      while (!this.#next()) {
        if (!this.options.onWait()) return false;
        Atomics.wait(sleeper, 0, 0, this.lookEvery);
      }
    }
  }

  close(): void {
    if (this.#open !== null) this.#retire(this.#open);
  }

  #finish(): void {
    if (this.#open === null) return;
    this.#retire(this.#open);
    this.files.at(-1)!.isRead = true;
  }

  #retire(source: CaptureSource): void {
    source.close();
    this.#closedBytes += source.bytesRead;
    this.#closedClamped += source.clamped;
    this.damage.push(...source.damage);
    this.#open = null;
  }

  /** Opens the next file that is complete; false when there is none. */
  #next(): boolean {
    const ready = this.#look().map((name) => ({ name, ts: this.#firstTime(name) }));
    ready.sort((a, b) => a.ts - b.ts || (a.name < b.name ? -1 : 1));
    for (const { name } of ready) {
      this.#seen.get(name)!.isTaken = true;
      if (this.#take(name)) return true;
    }
    return false;
  }

  /** Names of files that are complete and were not taken yet. */
  #look(): string[] {
    const there = new Set<string>();
    let youngest = 0;
    for (const entry of readdirSync(this.folder)) {
      const name = join(this.folder, entry);
      const stat = statSync(name, { throwIfNoEntry: false });
      if (!stat?.isFile()) continue;
      there.add(name);
      youngest = Math.max(youngest, stat.mtimeMs);
      const seen = this.#seen.get(name);
      if (seen === undefined) {
        this.#seen.set(name, { size: stat.size, modified: stat.mtimeMs, quiet: 0, isTaken: false });
      } else {
        const grew = seen.size !== stat.size;
        if (grew && seen.isTaken) this.#tell(name, 'it grew after it was read; what came later was left.');
        seen.quiet = grew ? 0 : seen.quiet + 1;
        seen.size = stat.size;
        seen.modified = stat.mtimeMs;
      }
    }
    const ready: string[] = [];
    for (const [name, { size, modified, quiet, isTaken }] of this.#seen) {
      if (!there.has(name)) this.#seen.delete(name);
      else if (!isTaken && size > 0 && (modified < youngest || quiet >= QUIET_LOOKS)) ready.push(name);
    }
    return ready;
  }

  #tell(input: string, reason: string): void {
    this.damage.push({ input, offset: 0, reason });
  }

  /** Of what is no capture, none: it is passed over when it is taken. */
  #firstTime(name: string): number {
    const packet = emptyPacket();
    try {
      const source = openSource([name]);
      const has = source.read(packet);
      source.close();
      return has ? packet.ts : 0;
    } catch {
      return 0;
    }
  }

  #take(name: string): boolean {
    try {
      const { id, size } = captureIdentity(name);
      if (this.known.has(id) || this.files.some((file) => file.id === id)) return false;
      const { secrets } = this.options;
      this.#open = openSource([name], secrets === undefined ? {} : { secrets });
      this.inputs.push(name);
      this.files.push({ name, id, size: size ?? 0, isRead: false });
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      // In a folder, what is no capture is nobody's concern.
      if (!error.isNoCapture) this.#tell(name, error.reason);
      return false;
    }
  }
}
