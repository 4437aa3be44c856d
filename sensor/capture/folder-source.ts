/**
 * A folder that another program writes captures into, one after the other, for months. A file is read when it will not
 * grow any more: when a younger one stands beside it, or when it has not grown for `QUIET_LOOKS` looks. Each is read
 * once, those that are there in the order of their first packets.
 *
 * What is finished is told once and let go: what is held is the file being read, what was not asked for yet, what lies
 * in the folder now, and the ids of the last `MAX_IDS` files. One that comes back under another name behind so many is
 * read again; its exchanges are known then by the store.
 *
 * A folder that goes away, or may not be read any more, is told of once and looked for at each look: a share that was
 * mounted elsewhere for a moment comes back. Of what could not be looked at nothing is forgotten, neither of the folder
 * nor of one file.
 */
import { readdirSync, type Stats, statSync } from 'node:fs';
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

/** Files whose ids are remembered: a file a minute for six weeks. */
export const MAX_IDS = 65_536;
/** Damages kept until they are asked for: a folder of broken files tells of the first ones, the rest is counted. */
const MAX_UNTOLD = 256;

/** A file of the folder that was read, or is being read, and what it held so far. */
export interface FolderFile {
  readonly name: string;
  readonly id: string;
  readonly size: number;
  packets: number;
  /** Least and greatest packet time, µs; 0 while there is no packet. */
  firstTs: number;
  lastTs: number;
  damage: readonly Damage[];
}

/** What a folder has to tell since it was last asked. */
export interface FolderNews {
  /** Read to their end since then. */
  readonly finished: readonly FolderFile[];
  /** Being read; null between two files. */
  readonly current: FolderFile | null;
  /** Of files that could not be read, or not to the end of what they hold now. */
  readonly damage: readonly Damage[];
}

interface Seen {
  size: number;
  modified: number;
  /** Looks since it grew. */
  quiet: number;
  isTaken: boolean;
  /** It was told that it grew after it was read. */
  isTold: boolean;
}

export class FolderSource implements CaptureSource {
  /** The folder alone: of its files `take` tells. */
  readonly inputs: readonly string[];
  /** As many as were kept; `damaged` counts them all. */
  readonly damage: Damage[] = [];
  /** Damages so far. */
  damaged = 0;
  /** By name; forgotten when the file goes. */
  readonly #seen = new Map<string, Seen>();
  /** Of files that were read, oldest first. */
  readonly #ids: Set<string>;
  /** Names of complete files, the last one is read next. */
  #ready: string[] = [];
  #finished: FolderFile[] = [];
  #untold: Damage[] = [];
  #open: CaptureSource | null = null;
  #current: FolderFile | null = null;
  #closedBytes = 0;
  #closedClamped = 0;
  /** It could not be looked into, and that was told. */
  #isGone = false;

  /**
   * `known`: ids of files that were read before, oldest first. `onWait` is called at each look; the folder ends when it
   * answers false. Throws CaptureError.
   */
  constructor(
    readonly folder: string,
    known: Iterable<string>,
    private readonly options: Pick<SourceOptions, 'secrets'> & { readonly onWait: () => boolean },
    private readonly lookEvery = LOOK_EVERY,
  ) {
    this.inputs = [folder];
    this.#ids = new Set(known);
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
        const file = this.#current!;
        const { ts } = packet;
        if (file.packets++ === 0) file.firstTs = file.lastTs = ts;
        else if (ts < file.firstTs) file.firstTs = ts;
        else if (ts > file.lastTs) file.lastTs = ts;
        packet.input = 0;
        return true;
      }
      this.#finish();
      while (!this.#next()) {
        if (!this.options.onWait()) return false;
        Atomics.wait(sleeper, 0, 0, this.lookEvery);
      }
    }
  }

  /** What is new since the last time; it is let go of here. */
  take(): FolderNews {
    const news = { finished: this.#finished, current: this.#current, damage: this.#untold };
    this.#finished = [];
    this.#untold = [];
    return news;
  }

  close(): void {
    if (this.#open !== null) this.#retire(this.#open);
  }

  #finish(): void {
    if (this.#open === null) return;
    this.#retire(this.#open);
    this.#finished.push(this.#current!);
    this.#current = null;
  }

  #retire(source: CaptureSource): void {
    source.close();
    this.#closedBytes += source.bytesRead;
    this.#closedClamped += source.clamped;
    this.#current!.damage = source.damage;
    for (const damage of source.damage) this.#note(damage);
    this.#open = null;
  }

  /** Opens the next file that is complete; false when there is none. */
  #next(): boolean {
    if (this.#ready.length === 0) this.#ready = this.#inOrder(this.#look());
    for (;;) {
      const name = this.#ready.pop();
      if (name === undefined) return false;
      if (this.#take(name)) return true;
    }
  }

  /** Latest first. */
  #inOrder(names: readonly string[]): string[] {
    const ready = names.map((name) => ({ name, ts: this.#firstTime(name) }));
    ready.sort((a, b) => b.ts - a.ts || (a.name < b.name ? 1 : -1));
    return ready.map(({ name }) => name);
  }

  /** Names of files that are complete and were not taken yet; they are taken from here on. */
  #look(): string[] {
    const entries = this.#list();
    if (entries === null) return [];
    const there = new Set<string>();
    const unknown = new Set<string>();
    let youngest = 0;
    for (const entry of entries) {
      const name = join(this.folder, entry);
      const stat = statOf(name);
      if (stat === 'unknown') unknown.add(name);
      if (stat === null || stat === 'unknown') continue;
      there.add(name);
      youngest = Math.max(youngest, stat.mtimeMs);
      const seen = this.#seen.get(name);
      if (seen === undefined) {
        const { size, mtimeMs } = stat;
        this.#seen.set(name, { size, modified: mtimeMs, quiet: 0, isTaken: false, isTold: false });
      } else {
        const grew = seen.size !== stat.size;
        if (grew && seen.isTaken && !seen.isTold) {
          seen.isTold = true;
          this.#tell(name, 'it grew after it was read; what came later was left.');
        }
        seen.quiet = grew ? 0 : seen.quiet + 1;
        seen.size = stat.size;
        seen.modified = stat.mtimeMs;
      }
    }
    const ready: string[] = [];
    for (const [name, seen] of this.#seen) {
      const { size, modified, quiet, isTaken } = seen;
      if (unknown.has(name)) continue;
      if (!there.has(name)) this.#seen.delete(name);
      else if (!isTaken && size > 0 && (modified < youngest || quiet >= QUIET_LOOKS)) {
        seen.isTaken = true;
        ready.push(name);
      }
    }
    return ready;
  }

  /** Names in the folder; null while nobody can look into it. */
  #list(): string[] | null {
    try {
      const names = readdirSync(this.folder);
      this.#isGone = false;
      return names;
    } catch (error) {
      if (!this.#isGone) {
        const { reason } = explainSystemError(this.folder, error);
        this.#tell(this.folder, `the folder can no longer be read: ${reason} It is looked for until it is back.`);
      }
      this.#isGone = true;
      return null;
    }
  }

  #tell(input: string, reason: string): void {
    const damage = { input, offset: 0, reason };
    this.#note(damage);
    if (this.#untold.length < MAX_UNTOLD) this.#untold.push(damage);
  }

  #note(damage: Damage): void {
    this.damaged++;
    if (this.damage.length < MAX_UNTOLD) this.damage.push(damage);
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
      if (this.#ids.has(id)) return false;
      const { secrets } = this.options;
      this.#open = openSource([name], secrets === undefined ? {} : { secrets });
      this.#current = { name, id, size, packets: 0, firstTs: 0, lastTs: 0, damage: [] };
      this.#ids.add(id);
      if (this.#ids.size > MAX_IDS) this.#ids.delete(this.#ids.values().next().value!);
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      // In a folder, what is no capture is nobody's concern.
      if (error.isNoCapture) return false;
      const seen = this.#seen.get(name);
      // It went together with its folder, which was told: it is read when that is back.
      if (this.#list() === null && seen !== undefined) seen.isTaken = false;
      else this.#tell(name, error.reason);
      return false;
    }
  }
}

/** Null for what is no file, or is gone. */
function statOf(name: string): Stats | null | 'unknown' {
  try {
    const stat = statSync(name, { throwIfNoEntry: false });
    return stat?.isFile() ? stat : null;
  } catch {
    return 'unknown';
  }
}
